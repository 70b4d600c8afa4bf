package fit

import "unicode"

// bolder is how much wider the bold letters of a heading are, on an average.
const bolder = 1.06

// letters are those of Latin and Cyrillic scripts by their width in thousandths
// of the size of the font, rounded up to twenties.
var letters = map[int]string{
	200:  "‘’‚",
	240:  "'ijlìíîïīĭįıĵĺļłіїј‛",
	280:  "!,.:;I¡¦·¸ÌÍÎÏĩĪĬĮİſІЇ․",
	300:  " ",
	320:  "¹ľŀ",
	340:  "|",
	360:  "/\\‖",
	380:  "()[]frt{}ŕŗřţťŧ",
	400:  "“”„",
	420:  "\"²",
	440:  "³",
	460:  "-_ª\u00ad¯°ºĨгѓґ‗‟",
	480:  "1^ĳ",
	500:  "*`´з–",
	520:  "?¿",
	540:  "sx«¬»śŝşšктхєѕќ‡",
	560:  "Jckvyz¢¥§çýÿćĉċčĴķŷźżžЈсуьэў‥",
	580:  "7LaàáâãäåðāăąĹĻĽĿŁЃГавчяҐ•‣",
	600:  "EFehnou¨¶ÈÉÊËèéêëñòóôõöøùúûüĒēĔĕĖėĘęĚěĥħńņňŋōŏőũūŭůűųЀЁЕбеийлнопѐёђћѝџ",
	620:  "258gpqßþĝğġģр",
	640:  "#$&0369PRSZbd£µÞđĸŔŖŘŚŜŞŠŹŻŽЅЎЗРУдц†",
	660:  "+4<=>BKTX~±×÷ĶŢŤŦЌБВКТХЬъ",
	680:  "AVY®ÀÁÂÃÄÅÝĀĂĄďŶŸЄАЭЯф",
	720:  "DÐĎĐЏЛЧ",
	740:  "CH¤ÇĆĈĊČĤНПС",
	760:  "GNUÑÙÚÛÜĜĞĠĢŃŅŇŊŨŪŬŮŰŲЍДИЙЦмы",
	780:  "OQÒÓÔÕÖØĦŌŎŐО",
	800:  "Ф",
	820:  "%wĲŵЂЪшю",
	840:  "ж…",
	860:  "Ы",
	880:  "mщ",
	900:  "M¼Мњ",
	920:  "©Ћ",
	940:  "@½æљ",
	960:  "W¾ŒŴЖШ",
	980:  "Щ",
	1000: "Æœ—―",
	1020: "Ю",
	1100: "Љ",
	1140: "Њ",
}

// advances are the widths by letter.
var advances = func() map[rune]int {
	all := map[rune]int{}
	for width, set := range letters {
		for _, r := range set {
			all[r] = width
		}
	}
	return all
}()

// advance is the width of a letter in thousandths of the size of its font.
func advance(r rune) int {
	if w, ok := advances[r]; ok {
		return w
	}
	switch {
	case unicode.In(r, unicode.Mn, unicode.Cf):
		return 0
	case isWide(r):
		return 1000
	case unicode.In(r, unicode.Hebrew, unicode.Arabic):
		return 620
	case r == '\u00a0' || r == '\u202f':
		return 300
	case unicode.IsLetter(r):
		return 760
	}
	return 1300 // pictures
}
