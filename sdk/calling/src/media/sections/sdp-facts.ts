/** The `sess-id` of a description's origin line (RFC 8866 §5.2): the same in all descriptions of one peer connection (RFC 8829 §5.2.2). */
export function sessionIdOf(sdp: string): string | undefined {
  return /^o=\S+ (\S+) /m.exec(sdp)?.[1];
}

/** The ICE username fragments (RFC 8839 §5.4) of a description. */
export function usernameFragmentsOf(sdp: string): string[] {
  return [...sdp.matchAll(/^a=ice-ufrag:(\S+)/gm)].map(([, fragment = '']) => fragment);
}
