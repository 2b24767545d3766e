/** Numbers that both sides of the measurement know. */
export const b2buaBench = { ourNumber: '+12025550190', theirNumber: '+12025550100' } as const;
