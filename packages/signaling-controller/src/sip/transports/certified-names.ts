import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';

/** The DNS names and addresses in the peer's certificate (subjectAltName; RFC 5922 §7.1); none where no known authority vouches for it. Lower case. */
export function certifiedNames(socket: TLSSocket): readonly string[] {
  if (!socket.authorized) return [];
  const { subjectaltname = '' } = socket.getPeerCertificate();
  return subjectaltname.split(', ').flatMap((entry) => {
    const [kind, name = ''] = entry.split(/:(.*)/s);
    return kind === 'DNS' || kind === 'IP Address' ? [name.toLowerCase()] : [];
  });
}

/** Whether a certificate is for the name that a URI had (RFC 5922 §7.2): `undefined` where it is, else what is wrong. */
export function checkName(name: string, certificate: PeerCertificate): Error | undefined {
  return checkServerIdentity(name, certificate);
}
