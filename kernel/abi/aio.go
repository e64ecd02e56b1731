// Asynchronous I/O and message queues: aio(3), mq(3).

package abi

// Results of aio_cancel(2).
const (
	AIO_CANCELED    = 1
	AIO_NOTCANCELED = 2
	AIO_ALLDONE     = 3
)

// Operations and modes of lio_listio(2).
const (
	LIO_NOP    = 0
	LIO_WRITE  = 1
	LIO_READ   = 2
	LIO_NOWAIT = 0
	LIO_WAIT   = 1
)

// Aiocb is struct aiocb, aio(3).
type Aiocb struct {
	Offset    int64
	Buf       uint64
	Nbytes    uint64
	Fildes    int32
	LioOpcode int32
	Reqprio   int32
	_         [4]byte
	Sigevent  Sigevent
	State     int32
	Errno     int32
	Retval    int64
}

// MqAttr is struct mq_attr, mq_getattr(3).
type MqAttr struct {
	Flags   int64
	Maxmsg  int64
	Msgsize int64
	Curmsgs int64
}
