/* SPDX-License-Identifier: MIT */
#ifndef PITSHM_TEST_C_CLIENT_H
#define PITSHM_TEST_C_CLIENT_H

#ifdef __cplusplus
extern "C" {
#endif

/* What every call answers that is given nothing. 0: all is as promised; else the line of the first that is
 * not. */
int pitshm_test_missing_handles(void);

#ifdef __cplusplus
}
#endif

#endif
