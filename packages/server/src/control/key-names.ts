import type { AccessKeyName } from '@dialplane/identity';

/** A key that can be replaced: one of the two access keys, or the one that signs tokens. */
export type KeyName = AccessKeyName | 'signing';

export const keyNames: readonly KeyName[] = ['primary', 'secondary', 'signing'];
