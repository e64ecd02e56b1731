package master

// The model as JSON: one object for each row.

// Row is an entry in the form that tools read.
type Row struct {
	Number  int      `json:"number"`
	Type    string   `json:"type"`
	Module  string   `json:"module"`
	Rump    bool     `json:"rump"`
	Name    string   `json:"name"`
	AltName string   `json:"altname"`
	Handler string   `json:"handler"`
	GoName  string   `json:"goName"`
	Ret     string   `json:"ret"`
	Args    []RowArg `json:"args"`
	Flags   uint32   `json:"flags"`
	NArg    int      `json:"narg"`
	ArgSize int      `json:"argsize"`
	// RetValues is how many registers carry a value.
	RetValues int      `json:"retValues"`
	StubName  string   `json:"stubName,omitempty"`
	Faction   string   `json:"faction,omitempty"`
	Cond      []string `json:"cond,omitempty"`
	Line      int      `json:"line"`
}

// RowArg is an argument in the form that tools read. Length is an argument's
// name, *name, a number, or "".
type RowArg struct {
	Type      string    `json:"type"`
	Name      string    `json:"name"`
	Direction Direction `json:"direction"`
	Length    string    `json:"length"`
	Shape     Shape     `json:"shape,omitempty"`
	Null      bool      `json:"null,omitempty"`
	Pad       bool      `json:"pad,omitempty"`
	Optional  bool      `json:"optional,omitempty"`
	Slots     int       `json:"slots"`
}

// Row returns the entry as a row; faction is the part that serves it, or "".
// An entry without a call is named as in the table of names.
func (e *Entry) Row(faction string) Row {
	r := Row{
		Number: e.Number, Type: e.Type, Module: e.Module, Rump: e.Rump,
		Name: e.TableName(), AltName: e.AltName, Handler: e.Handler, GoName: e.GoName,
		Ret: e.Ret, Args: []RowArg{}, Flags: e.Flags, NArg: e.NArg, ArgSize: e.ArgSize,
		RetValues: e.RetValues, StubName: e.StubName, Faction: faction,
		Cond: e.Cond, Line: e.Pos.Line,
	}
	for _, a := range e.Args {
		r.Args = append(r.Args, RowArg{
			Type: a.Type, Name: a.Name, Direction: a.Direction, Length: a.Len,
			Shape: a.Shape, Null: a.Null, Pad: a.Pad, Optional: a.Optional, Slots: a.Slots,
		})
	}
	return r
}
