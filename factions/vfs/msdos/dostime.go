// Times: local, from 1980 to 2107, in steps of two seconds.
package msdos

import "time"

const (
	second      = int64(time.Second)
	tick        = 10 * int64(time.Millisecond) // of the third part of a birth time
	firstSecond = 315532800                    // 1980-01-01
	lastSecond  = 4354819199                   // 2107-12-31 23:59:59
)

// dosTime is a time as an entry holds it.
type dosTime struct {
	date, clock uint16
	ticks       byte // 10 ms beyond the clock, 0 to 199
}

// toDOS converts nanoseconds since 1970; east is how many seconds local time is
// ahead of UTC. Times out of range are the nearest in it.
func toDOS(ns int64, east int32) dosTime {
	sec := floorDiv(ns, second) + int64(east)
	part := ns - floorDiv(ns, second)*second
	switch {
	case sec < firstSecond:
		sec, part = firstSecond, 0
	case sec > lastSecond:
		sec, part = lastSecond, second-1
	}
	t := time.Unix(sec, 0).UTC()
	year, month, day := t.Date()
	h, m, s := t.Clock()
	return dosTime{
		date:  uint16((year-1980)<<9 | int(month)<<5 | day),
		clock: uint16(h<<11 | m<<5 | s/2),
		ticks: byte(int64(s&1)*100 + part/tick),
	}
}

// fromDOS converts to nanoseconds since 1970. A date of 0 is the first there
// is; months and days that do not exist run over into the next.
func fromDOS(t dosTime, east int32) int64 {
	if t.date == 0 {
		return (firstSecond - int64(east)) * second
	}
	month, day := max(int(t.date>>5&15), 1), max(int(t.date&31), 1)
	at := time.Date(1980+int(t.date>>9), time.Month(month), day,
		int(t.clock>>11), int(t.clock>>5&63), int(t.clock&31)*2, 0, time.UTC)
	return (at.Unix()-int64(east))*second + int64(min(t.ticks, 199))*tick
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
