/** For how long a test waits for what has to come, in milliseconds: longer than anything takes on a busy machine, so that what has not come by then will not come. */
export const patienceMs = 60_000;
