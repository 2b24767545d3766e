/** An IP transport address. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** The socket or connection that a message came over, or goes out on (RFC 5626 §3.1). `inside` is the link between elements of one process. */
export interface SipFlow {
  readonly transport: 'udp' | 'tcp' | 'tls' | 'inside';
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Of TCP and TLS, where several may exist between the same two addresses. */
  readonly connectionId?: number;
}
