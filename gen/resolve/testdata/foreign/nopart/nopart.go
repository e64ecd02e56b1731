// Package nopart exports no Attach.
package nopart
