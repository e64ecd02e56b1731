package argcases

import "testing"

// seen is what the tables say of a row.
type seen struct{ succeeds, fails bool }

// coverage collects it.
func coverage(ts *tables, names *names) map[string]*seen {
	rows := map[string]*seen{}
	for _, tab := range ts.files {
		for _, c := range tab.cases {
			for _, st := range c.steps {
				if !st.asserted || st.call == "fork" || st.call == "exec" {
					continue
				}
				s := rows[st.call]
				if s == nil {
					s = new(seen)
					rows[st.call] = s
				}
				_, errno, _ := names.value(st.want[len(st.want)-1].text)
				s.fails = s.fails || errno
				s.succeeds = s.succeeds || !errno
			}
		}
	}
	return rows
}

// TestEveryRowHasCases holds the tables to the table of calls: each row has a
// case that succeeds and one that fails, or a reason why not.
func TestEveryRowHasCases(t *testing.T) {
	ts := loadTables(t)
	have := coverage(ts, loadNames(t))
	for name := range rows(t) {
		s := have[name]
		if s == nil {
			s = new(seen)
		}
		if exempt := ts.exempt["succeeds "+name] != ""; s.succeeds == exempt {
			t.Errorf("%s: cases of success: %v; exempt: %v", name, s.succeeds, exempt)
		}
		if exempt := ts.exempt["fails "+name] != ""; s.fails == exempt {
			t.Errorf("%s: cases of failure: %v; exempt: %v", name, s.fails, exempt)
		}
	}
	for name := range have {
		if rows(t)[name] == nil {
			t.Errorf("%s has cases and is no row that clients call", name)
		}
	}
}
