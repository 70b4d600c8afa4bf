//go:build gnustep

/* A theme for GNUstep with the measures and colours of a Mac, light or dark,
 * as far as the dialogs use them: push buttons, a menu button, fields, bars,
 * boxes, scrollers and the title bar. */
#import <AppKit/AppKit.h>
#import <GNUstepGUI/GSTheme.h>

static BOOL dark;

static NSColor *rgb(int hex)
{
	return [NSColor colorWithCalibratedRed: (hex >> 16 & 255) / 255.0 green: (hex >> 8 & 255) / 255.0 blue: (hex & 255) / 255.0 alpha: 1];
}

/* either picks the colour of the looks that are worn. */
static NSColor *either(int light_hex, int dark_hex) { return rgb(dark ? dark_hex : light_hex); }

static NSColor *window_color(void) { return either(0xececec, 0x2c2c2e); }
static NSColor *field_color(void) { return either(0xffffff, 0x1e1e20); }
static NSColor *line_color(void) { return either(0xd4d4d4, 0x48484a); }
static NSColor *text_color(void) { return either(0x1d1d1f, 0xf2f2f4); }
static NSColor *faint_color(void) { return either(0x6e6e73, 0xa1a1a6); }
static NSColor *accent_color(void) { return either(0x0a7aff, 0x0a84ff); }

static NSBezierPath *rounded(NSRect r, float radius)
{
	radius = MIN(radius, MIN(r.size.width, r.size.height) / 2);
	return [NSBezierPath bezierPathWithRoundedRect: r xRadius: radius yRadius: radius];
}

/* surface fills a rounded shape and draws a line around it, on whole pixels. */
static void surface(NSRect r, float radius, NSColor *fill, NSColor *line)
{
	[fill set];
	[rounded(r, radius) fill];
	if (line == nil)
		return;
	NSBezierPath *edge = rounded(NSInsetRect(r, 0.5, 0.5), radius - 0.5);
	[edge setLineWidth: 1];
	[line set];
	[edge stroke];
}

static BOOL is_default(NSCell *cell)
{
	return [cell isKindOfClass: [NSButtonCell class]] && [[(NSButtonCell *)cell keyEquivalent] isEqual: @"\r"];
}

@interface XGOTheme : GSTheme
{
	NSColorList *list;
}
@end

@implementation XGOTheme

- (NSString *) name { return @"Install or Defer"; }
- (NSDictionary *) infoDictionary { return [NSDictionary dictionary]; }

- (NSColorList *) colors
{
	if (list != nil)
		return list;
	list = [[NSColorList alloc] initWithName: @"System"];
	struct { NSString *name; NSColor *color; } const all[] = {
		{@"windowBackgroundColor", window_color()}, {@"windowFrameColor", line_color()}, {@"windowFrameTextColor", text_color()},
		{@"controlBackgroundColor", window_color()}, {@"controlColor", window_color()}, {@"controlTextColor", text_color()},
		{@"disabledControlTextColor", faint_color()}, {@"controlHighlightColor", window_color()},
		{@"controlLightHighlightColor", field_color()}, {@"controlShadowColor", line_color()}, {@"controlDarkShadowColor", line_color()},
		{@"labelColor", text_color()}, {@"secondaryLabelColor", faint_color()}, {@"tertiaryLabelColor", faint_color()},
		{@"systemRedColor", either(0xd70015, 0xff6961)},
		{@"textColor", text_color()}, {@"textBackgroundColor", field_color()}, {@"gridColor", line_color()},
		{@"headerColor", window_color()}, {@"headerTextColor", text_color()}, {@"highlightColor", field_color()}, {@"shadowColor", line_color()},
		{@"keyboardFocusIndicatorColor", accent_color()}, {@"knobColor", either(0xc1c1c1, 0x6b6b6d)}, {@"scrollBarColor", field_color()},
		{@"selectedControlColor", accent_color()}, {@"selectedControlTextColor", rgb(0xffffff)}, {@"selectedKnobColor", either(0x9a9a9a, 0x8a8a8c)},
		{@"selectedMenuItemColor", accent_color()}, {@"selectedMenuItemTextColor", rgb(0xffffff)},
		{@"selectedTextBackgroundColor", either(0xb3d7ff, 0x3f638b)}, {@"selectedTextColor", text_color()},
		{@"rowBackgroundColor", field_color()}, {@"alternateRowBackgroundColor", either(0xf5f5f5, 0x252527)},
	};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		[list setColor: all[i].color forKey: all[i].name];
	return list;
}

/* ---- buttons ---------------------------------------------------------------- */

/* No picture of a Return key on the default button; its title is white. */
- (void) setKeyEquivalent: (NSString *)key forButtonCell: (NSButtonCell *)cell
{
	if (![key isEqual: @"\r"] || [cell font] == nil)
		return;
	NSMutableParagraphStyle *middle = [[[NSParagraphStyle defaultParagraphStyle] mutableCopy] autorelease];
	[middle setAlignment: NSCenterTextAlignment];
	NSDictionary *white = [NSDictionary dictionaryWithObjectsAndKeys:
		[NSColor whiteColor], NSForegroundColorAttributeName, [cell font], NSFontAttributeName, middle, NSParagraphStyleAttributeName, nil];
	[cell setAttributedTitle: [[[NSAttributedString alloc] initWithString: [cell title] attributes: white] autorelease]];
}

- (void) didSetDefaultButtonCell: (NSButtonCell *)cell {}

- (GSThemeMargins) buttonMarginsForCell: (NSCell *)cell style: (int)style state: (GSThemeControlState)state
{
	GSThemeMargins m = {8, 8, 2, 2};
	return m;
}

- (void) drawButton: (NSRect)frame in: (NSCell *)cell view: (NSView *)view style: (int)style state: (GSThemeControlState)state
{
	BOOL pressed = state == GSThemeHighlightedState || state == GSThemeHighlightedFirstResponderState;
	NSColor *fill = pressed ? either(0xe0e0e0, 0x7c7c80) : either(0xffffff, 0x636366);
	NSColor *line = dark ? nil : rgb(0xc9c9c9);
	if (is_default(cell)) {
		fill = pressed ? either(0x0062d6, 0x3d9bff) : accent_color();
		line = nil;
	}
	surface(frame, style == NSHelpButtonBezelStyle ? NSHeight(frame) / 2 : 6, fill, line);
}

- (void) drawFocusFrame: (NSRect)frame view: (NSView *)view
{
	NSRect whole = [view isKindOfClass: [NSButton class]] ? [view bounds] : frame;
	NSBezierPath *ring = rounded(NSInsetRect(whole, 1, 1), 5);
	[ring setLineWidth: 2];
	[[accent_color() colorWithAlphaComponent: 0.45] set];
	[ring stroke];
}

/* ---- the menu button -------------------------------------------------------- */

- (void) drawPopUpButtonCellInteriorWithFrame: (NSRect)frame withCell: (NSCell *)cell inView: (NSView *)view
{
	NSRect tile = NSMakeRect(NSMaxX(frame) - 17, NSMidY(frame) - 8, 16, 16);
	surface(tile, 5, accent_color(), nil);
	NSBezierPath *arrows = [NSBezierPath bezierPath];
	float x = NSMidX(tile), y = NSMidY(tile);
	for (int side = -1; side <= 1; side += 2) {
		[arrows moveToPoint: NSMakePoint(x - 2.5, y + side * 2)];
		[arrows lineToPoint: NSMakePoint(x, y + side * 4.5)];
		[arrows lineToPoint: NSMakePoint(x + 2.5, y + side * 2)];
	}
	[arrows setLineWidth: 1.4];
	[[NSColor whiteColor] set];
	[arrows stroke];
}

/* ---- fields, boxes and scrollers --------------------------------------------- */

- (void) drawBorderType: (NSBorderType)type frame: (NSRect)frame view: (NSView *)view
{
	if (type == NSNoBorder)
		return;
	surface(frame, type == NSBezelBorder ? 5 : 0, field_color(), line_color());
}

- (void) drawBoxInClipRect: (NSRect)clip boxType: (NSBoxType)kind borderType: (NSBorderType)border inView: (NSBox *)box
{
	surface([box bounds], 6, field_color(), line_color());
}

- (float) defaultScrollerWidth { return 12; }
- (BOOL) scrollViewUseBottomCorner { return NO; }

- (void) drawScrollViewRect: (NSRect)rect inView: (NSView *)view {}

/* ---- bars -------------------------------------------------------------------- */

- (void) drawProgressIndicator: (NSProgressIndicator *)bar withBounds: (NSRect)bounds withClip: (NSRect)clip
	atCount: (int)count forValue: (double)value
{
	const float thick = 6;
	NSRect groove = NSMakeRect(bounds.origin.x, NSMidY(bounds) - thick / 2, bounds.size.width, thick);
	[window_color() set];
	NSRectFill(bounds);
	surface(groove, thick / 2, either(0xd2d2d4, 0x4a4a4c), nil);
	NSRect full = groove;
	if ([bar isIndeterminate]) {
		/* A third of the bar goes to and fro. */
		float way = groove.size.width * 2 / 3, at = fmod(count * 12.0, 2 * way);
		full.size.width = groove.size.width / 3;
		full.origin.x += at < way ? at : 2 * way - at;
	} else
		full.size.width *= MAX(0, MIN(1, value));
	if (full.size.width >= 1)
		surface(full, thick / 2, accent_color(), nil);
}

/* ---- menus --------------------------------------------------------------------- */

- (NSColor *) menuBackgroundColor { return field_color(); }
- (NSColor *) menuItemBackgroundColor { return field_color(); }
- (NSColor *) menuBorderColor { return line_color(); }
- (NSColor *) menuBorderColorForEdge: (NSRectEdge)edge isHorizontal: (BOOL)horizontal { return line_color(); }

- (BOOL) drawsBorderForMenuItemCell: (NSMenuItemCell *)cell state: (GSThemeControlState)state isHorizontal: (BOOL)horizontal
{
	return NO;
}

- (void) drawBorderAndBackgroundForMenuItemCell: (NSMenuItemCell *)cell withFrame: (NSRect)frame inView: (NSView *)view
	state: (GSThemeControlState)state isHorizontal: (BOOL)horizontal
{
	/* The cell of a menu button is one too, and draws itself. */
	if ([view isKindOfClass: [NSPopUpButton class]])
		return;
	[field_color() set];
	NSRectFill(frame);
	if (state == GSThemeSelectedState || state == GSThemeHighlightedState)
		surface(NSInsetRect(frame, 4, 0), 4, accent_color(), nil);
}

/* ---- the window ------------------------------------------------------------------ */

- (float) titlebarHeight { return 12; }

- (void) drawWindowBorder: (NSRect)rect withFrame: (NSRect)frame forStyleMask: (unsigned int)mask state: (int)state andTitle: (NSString *)title
{
	[window_color() set];
	NSRectFill(frame);
	[line_color() set];
	NSFrameRect(frame);
}

@end

/* ---- what a theme cannot reach ------------------------------------------------------ */

static id no_picture(id self, SEL cmd) { return nil; }
static BOOL no_bool(id self, SEL cmd) { return NO; }

static void draw_scroller(NSScroller *self, SEL cmd, NSRect rect)
{
	if ([self arrowsPosition] != NSScrollerArrowsNone)
		[self setArrowsPosition: NSScrollerArrowsNone];
	NSRect knob = NSInsetRect([self rectForPart: NSScrollerKnob], 3, 3);
	if (knob.size.height > 4)
		surface(knob, 3, either(0xc1c1c1, 0x6b6b6d), nil);
}

static void replace(Class class, SEL name, IMP with)
{
	Method m = class_getInstanceMethod(class, name);
	if (m != NULL)
		method_setImplementation(m, with);
}

/* What GNUstep is to be like where the person has not said otherwise. It reads
 * these while the application is made. */
void xgo_set_defaults(void)
{
	NSAutoreleasePool *pool = [NSAutoreleasePool new];
	NSNumber *yes = [NSNumber numberWithBool: YES], *no = [NSNumber numberWithBool: NO];
	[[NSUserDefaults standardUserDefaults] registerDefaults: [NSDictionary dictionaryWithObjectsAndKeys:
		yes, @"GSSuppressAppIcon",
		no, @"GSX11HandlesWindowDecorations", no, @"GSBackHandlesWindowDecorations", /* there may be no window manager */
		@"NSMacintoshInterfaceStyle", @"NSMenuInterfaceStyle",
		@"NSMacintoshInterfaceStyle", @"NSScrollViewInterfaceStyle",
		@"Inter-Regular", @"NSFont", @"Inter-Regular", @"NSUserFont", @"Inter-Bold", @"NSBoldFont",
		@"13", @"NSFontSize",
		@"17", @"GSFontHinting", /* none: widths are the same at every scale */
		nil]];
	[pool release];
}

void xgo_wear(int in_dark)
{
	NSAutoreleasePool *pool = [NSAutoreleasePool new];
	dark = in_dark;
	[GSTheme setTheme: [[[XGOTheme alloc] initWithBundle: nil] autorelease]];
	replace([NSPopUpButtonCell class], @selector(_currentArrowImage), (IMP)no_picture);
	replace([NSScroller class], @selector(drawRect:), (IMP)draw_scroller);
	replace([NSScroller class], @selector(isOpaque), (IMP)no_bool);
	/* Where to look for a letter that the system's font does not have. */
	[NSFont setPreferredFontNames: [NSArray arrayWithObject: @"DejaVuSans"]];
	[pool release];
}
