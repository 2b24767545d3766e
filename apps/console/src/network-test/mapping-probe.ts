/** What one address family of this device looks like from the server. */
export interface MappingFinding {
  readonly family: 'IPv4' | 'IPv6';
  /** How the server sees this device, as `203.0.113.7`. */
  readonly address: string;
  /** Another port for each destination: a symmetric NAT. Undefined where one of the two ports did not answer. */
  readonly isSymmetric: boolean | undefined;
}

export interface MappingFindings {
  readonly mappings: readonly MappingFinding[];
  /** URLs that did not answer. */
  readonly unanswered: readonly string[];
}

/** A mapped address (RFC 8445 §5.1.1.2): server-reflexive candidates of one base have one foundation (§5.1.1.3). */
export interface MappedCandidate {
  readonly foundation: string | null;
  readonly address: string | null;
  readonly port: number | null;
}

/** The first answers come at once; a server that has not answered three times in this long does not. */
const limitMs = 6000;

/**
 * Asks the STUN server at each of `urls` (two ports of one address) how it sees this device. One socket asks both, so that a
 * mapping for each of them is the mark of a symmetric NAT (RFC 5780 §4.3).
 */
export async function probeMapping(urls: readonly string[], signal: AbortSignal): Promise<MappingFindings> {
  const peer = new RTCPeerConnection({ iceServers: [{ urls: [...urls] }] });
  try {
    const mapped: MappedCandidate[] = [];
    const own: MappedCandidate[] = [];
    const failed = new Set<string>();
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.type === 'srflx') mapped.push(candidate);
      else if (candidate?.type === 'host' && candidate.protocol === 'udp') own.push(candidate);
    });
    peer.addEventListener('icecandidateerror', ({ url }) => failed.add(url));
    peer.createDataChannel('probe');
    await peer.setLocalDescription();
    await gathered(peer, signal);
    // A server whose answer adds nothing (the mapping is known, or is this device's own address) gives no candidate, and no error.
    const unanswered = peer.iceGatheringState === 'complete' ? urls.filter((url) => failed.has(url)) : mapped.length === 0 ? urls : urls.slice(1);
    return { mappings: unanswered.length === urls.length && mapped.length === 0 ? [] : judgeMappings(mapped, own, unanswered.length === 0), unanswered };
  } finally {
    peer.close();
  }
}

/** A finding per family: from the mapped addresses, or where there are none from this device's own, which then are its public ones. */
export function judgeMappings(mapped: readonly MappedCandidate[], own: readonly MappedCandidate[], haveBothAnswered: boolean): readonly MappingFinding[] {
  return (['IPv4', 'IPv6'] as const).flatMap((family) => {
    const ofFamily = mapped.filter(({ address }) => familyOf(address) === family);
    const [first] = ofFamily.length > 0 ? ofFamily : own.filter(({ address }) => familyOf(address) === family);
    if (first === undefined) return [];
    const perBase = [...Map.groupBy(ofFamily, ({ foundation }) => foundation).values()];
    const differ = perBase.some((candidates) => new Set(candidates.map(({ address, port }) => `${address} ${port}`)).size > 1);
    return [{ family, address: first.address?.replace(/^\[|\]$/g, '') ?? '', isSymmetric: differ ? true : haveBothAnswered ? false : undefined }];
  });
}

/** Undefined for a name, as browsers hide addresses behind. */
function familyOf(address: string | null): 'IPv4' | 'IPv6' | undefined {
  if (address === null || address.endsWith('.local')) return undefined;
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

function gathered(peer: RTCPeerConnection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (peer.iceGatheringState === 'complete' || signal.aborted) finish();
    };
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', look);
      resolve();
    };
    const timer = setTimeout(finish, limitMs);
    signal.addEventListener('abort', look);
    peer.addEventListener('icegatheringstatechange', look);
    look();
  });
}
