import { stunAttribute, stunErrorReasons, stunKnownAttributes } from '@dialplane/stun';

/** Attributes of RFC 8445 §16.1. */
export const iceAttribute = {
  priority: 0x0024,
  useCandidate: 0x0025,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** Comprehension-required attributes that an agent of this package understands in a check. */
export const iceKnownAttributes: ReadonlySet<number> = new Set([...stunKnownAttributes, stunAttribute.xorMappedAddress, iceAttribute.priority, iceAttribute.useCandidate]);

/** The codes a check is refused with (RFC 8489 §14.8, RFC 8445 §16.2). */
export const iceErrorReasons = { ...stunErrorReasons, 487: 'Role Conflict' } as const;
