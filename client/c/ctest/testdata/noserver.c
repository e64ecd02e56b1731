/* Exits with 0 when there is no server to connect to, and errno says so. */
#include <errno.h>

#include "rumpclient.h"

int
main(void)
{
	return rumpclient_init("noserver") == -1 && errno != 0 ? 0 : 1;
}
