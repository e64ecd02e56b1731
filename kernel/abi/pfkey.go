// Key management sockets, PF_KEY of ipsec(4).

package abi

// Version of the messages.
const (
	PF_KEY_V2        = 2
	PFKEYV2_REVISION = 199806
)

// Types of messages.
const (
	SADB_RESERVED            = 0
	SADB_GETSPI              = 1
	SADB_UPDATE              = 2
	SADB_ADD                 = 3
	SADB_DELETE              = 4
	SADB_GET                 = 5
	SADB_ACQUIRE             = 6
	SADB_REGISTER            = 7
	SADB_EXPIRE              = 8
	SADB_FLUSH               = 9
	SADB_DUMP                = 10
	SADB_X_PROMISC           = 11
	SADB_X_PCHANGE           = 12
	SADB_X_SPDUPDATE         = 13
	SADB_X_SPDADD            = 14
	SADB_X_SPDDELETE         = 15
	SADB_X_SPDGET            = 16
	SADB_X_SPDACQUIRE        = 17
	SADB_X_SPDDUMP           = 18
	SADB_X_SPDFLUSH          = 19
	SADB_X_SPDSETIDX         = 20
	SADB_X_SPDEXPIRE         = 21
	SADB_X_SPDDELETE2        = 22
	SADB_X_NAT_T_NEW_MAPPING = 23
	SADB_MAX                 = 23
)

// Types of security associations.
const (
	SADB_SATYPE_UNSPEC         = 0
	SADB_SATYPE_AH             = 2
	SADB_SATYPE_ESP            = 3
	SADB_SATYPE_RSVP           = 5
	SADB_SATYPE_OSPFV2         = 6
	SADB_SATYPE_RIPV2          = 7
	SADB_SATYPE_MIP            = 8
	SADB_X_SATYPE_IPCOMP       = 9
	SADB_X_SATYPE_TCPSIGNATURE = 11
	SADB_SATYPE_MAX            = 12
)

// Types of extensions.
const (
	SADB_EXT_RESERVED          = 0
	SADB_EXT_SA                = 1
	SADB_EXT_LIFETIME_CURRENT  = 2
	SADB_EXT_LIFETIME_HARD     = 3
	SADB_EXT_LIFETIME_SOFT     = 4
	SADB_EXT_ADDRESS_SRC       = 5
	SADB_EXT_ADDRESS_DST       = 6
	SADB_EXT_ADDRESS_PROXY     = 7
	SADB_EXT_KEY_AUTH          = 8
	SADB_EXT_KEY_ENCRYPT       = 9
	SADB_EXT_IDENTITY_SRC      = 10
	SADB_EXT_IDENTITY_DST      = 11
	SADB_EXT_SENSITIVITY       = 12
	SADB_EXT_PROPOSAL          = 13
	SADB_EXT_SUPPORTED_AUTH    = 14
	SADB_EXT_SUPPORTED_ENCRYPT = 15
	SADB_EXT_SPIRANGE          = 16
	SADB_X_EXT_KMPRIVATE       = 17
	SADB_X_EXT_POLICY          = 18
	SADB_X_EXT_SA2             = 19
	SADB_X_EXT_NAT_T_TYPE      = 20
	SADB_X_EXT_NAT_T_SPORT     = 21
	SADB_X_EXT_NAT_T_DPORT     = 22
	SADB_X_EXT_NAT_T_OA        = 23
	SADB_X_EXT_NAT_T_OAI       = 23
	SADB_X_EXT_NAT_T_OAR       = 24
	SADB_X_EXT_NAT_T_FRAG      = 25
	SADB_EXT_MAX               = 25
	SADB_X_EXT_NONE            = 0
	SADB_X_EXT_OLD             = 1
	SADB_X_EXT_IV4B            = 16
	SADB_X_EXT_DERIV           = 32
	SADB_X_EXT_CYCSEQ          = 64
	SADB_X_EXT_PSEQ            = 0
	SADB_X_EXT_PRAND           = 256
	SADB_X_EXT_PZERO           = 512
	SADB_X_EXT_PMASK           = 768
	SADB_X_EXT_RAWCPI          = 128
)

// The rest: algorithms, states and flags.
const (
	SADB_SASTATE_LARVAL         = 0
	SADB_SASTATE_MATURE         = 1
	SADB_SASTATE_DYING          = 2
	SADB_SASTATE_DEAD           = 3
	SADB_SASTATE_MAX            = 3
	SADB_SAFLAGS_PFS            = 1
	SADB_AALG_NONE              = 0
	SADB_AALG_MD5HMAC           = 2
	SADB_AALG_SHA1HMAC          = 3
	SADB_AALG_MAX               = 251
	SADB_X_AALG_SHA2_256        = 5
	SADB_X_AALG_SHA2_384        = 6
	SADB_X_AALG_SHA2_512        = 7
	SADB_X_AALG_RIPEMD160HMAC   = 8
	SADB_X_AALG_AES_XCBC_MAC    = 9
	SADB_X_AALG_AES128GMAC      = 11
	SADB_X_AALG_AES192GMAC      = 12
	SADB_X_AALG_AES256GMAC      = 13
	SADB_X_AALG_MD5             = 249
	SADB_X_AALG_SHA             = 250
	SADB_X_AALG_NULL            = 251
	SADB_X_AALG_TCP_MD5         = 252
	SADB_EALG_NONE              = 0
	SADB_EALG_DESCBC            = 2
	SADB_EALG_3DESCBC           = 3
	SADB_EALG_NULL              = 11
	SADB_EALG_MAX               = 250
	SADB_X_EALG_CAST128CBC      = 6
	SADB_X_EALG_BLOWFISHCBC     = 7
	SADB_X_EALG_RIJNDAELCBC     = 12
	SADB_X_EALG_AES             = 12
	SADB_X_EALG_AESCTR          = 13
	SADB_X_EALG_AESGCM8         = 18
	SADB_X_EALG_AESGCM12        = 19
	SADB_X_EALG_AESGCM16        = 20
	SADB_X_EALG_CAMELLIACBC     = 22
	SADB_X_EALG_AESGMAC         = 23
	SADB_X_EALG_SKIPJACK        = 250
	SADB_X_CALG_NONE            = 0
	SADB_X_CALG_OUI             = 1
	SADB_X_CALG_DEFLATE         = 2
	SADB_X_CALG_LZS             = 3
	SADB_X_CALG_MAX             = 4
	SADB_IDENTTYPE_RESERVED     = 0
	SADB_IDENTTYPE_PREFIX       = 1
	SADB_IDENTTYPE_FQDN         = 2
	SADB_IDENTTYPE_USERFQDN     = 3
	SADB_X_IDENTTYPE_ADDR       = 4
	SADB_IDENTTYPE_MAX          = 4
	SADB_KEY_FLAGS_MAX          = 4095
	SADB_X_LIFETIME_ALLOCATIONS = 0
	SADB_X_LIFETIME_BYTES       = 1
	SADB_X_LIFETIME_ADDTIME     = 2
	SADB_X_LIFETIME_USETIME     = 3
)
