/* c */ // +build !windows amd64,!gccgo

#include "textflag.h"
