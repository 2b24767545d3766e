import type { CallModel, Party } from '../call-model.ts';

/** Whoever is rung because of, or beside, somebody who has answered now: one was forwarded to from the other. */
export function rivalsOf({ parties }: CallModel, { identifier, invitation }: Party): Party[] {
  const forwardedBy = invitation?.forwardedBy;
  return [...parties.values()].filter((other) => {
    const beside = other.invitation?.forwardedBy;
    const isRelated = beside === identifier || (forwardedBy !== undefined && (other.identifier === forwardedBy || beside === forwardedBy));
    return isRelated && other.identifier !== identifier && other.stage.kind !== 'present';
  });
}
