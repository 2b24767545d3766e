/**
 * ICE for a server that everybody can reach: the lite agent (RFC 8445 §2.5) with its answers, nomination, restart and the end of consent (RFC 7675).
 *
 * Out of scope: gathering, checks of our own, sockets.
 */
/** How long a peer's consent lasts without an authenticated packet from it (RFC 7675 §5.1). */
export const consentMs = 30_000;
