package logging

import (
	"context"
	"fmt"
	"time"

	"installordefer/internal/tool"
)

// Tool returns a sink that passes entries to logger(1), with tag as the name of
// the sender and the text on its standard input. It is for builds without cgo.
// The program is started at the first entry and serves all later ones. Debug
// entries are left out, so that a wake that has nothing to tell starts none.
func Tool(sys *tool.System, tag string) Sink {
	return atLeast(levelInfo, &toolSink{sys: sys, tag: tag})
}

type toolSink struct {
	sys    *tool.System
	tag    string
	logger *tool.Process
}

// toolPatience is how long logger may take to read a line, and to end.
const toolPatience = 2 * time.Second

func (s *toolSink) Log(e Entry) error {
	if s.logger == nil {
		p, err := s.sys.Start(context.Background(), tool.Command{Path: tool.Logger, Args: []string{"-t", s.tag}})
		if err != nil {
			return err
		}
		s.logger = p
	}
	s.logger.Stdin.SetWriteDeadline(time.Now().Add(toolPatience))
	if _, err := fmt.Fprintln(s.logger.Stdin, line(e)); err != nil {
		p := s.logger
		s.logger = nil
		p.Kill()
		p.Stdout.Close()
		return fmt.Errorf("%s takes no more lines: %w", tool.Logger, err)
	}
	return nil
}

func (s *toolSink) Close() error {
	if s.logger == nil {
		return nil
	}
	p := s.logger
	s.logger = nil
	p.Stdin.Close()
	timer := time.AfterFunc(toolPatience, p.Kill)
	defer timer.Stop()
	_, err := p.Wait()
	p.Stdout.Close()
	return err
}
