/** What became of one way to the relay. */
export type RelayFinding =
  | { readonly outcome: 'works'; readonly roundTripMs: number; readonly bytes: number }
  /** The relay was not reached, or refused: a STUN error code, or 701 for no answer. */
  | { readonly outcome: 'noAllocation'; readonly errorCode: number; readonly errorText: string }
  /** Allocations were made, and nothing came through them. */
  | { readonly outcome: 'noData' };

export interface RelayAccess {
  readonly username: string;
  readonly credential: string;
}

const messages = 32;
const messageBytes = 1000;
const limitMs = 12_000;

/**
 * Sends data from this page to itself through the relay, reached under `url` alone: two allocations, a data channel between
 * them, and every byte of it echoed.
 */
export async function probeRelay(url: string, access: RelayAccess, signal: AbortSignal): Promise<RelayFinding> {
  const configuration: RTCConfiguration = { iceServers: [{ urls: url, ...access }], iceTransportPolicy: 'relay' };
  const [near, far] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const failure = watchFailure(near);
  try {
    const nearChannel = near.createDataChannel('probe', { negotiated: true, id: 0 });
    const farChannel = far.createDataChannel('probe', { negotiated: true, id: 0 });
    farChannel.addEventListener('message', ({ data }) => farChannel.send(data as ArrayBuffer));
    farChannel.binaryType = 'arraybuffer';
    nearChannel.binaryType = 'arraybuffer';
    await connect(near, far);
    // Either the channel opens, or the browser has asked the relay to the end without a candidate.
    await Promise.race([once(nearChannel, 'open', limit), failure.gatheredNothing]);
    if (nearChannel.readyState !== 'open') return failure.finding();
    return await echo(nearChannel, limit);
  } catch (error) {
    if (limit.aborted) return failure.finding();
    throw error;
  } finally {
    near.close();
    far.close();
  }
}

async function echo(channel: RTCDataChannel, limit: AbortSignal): Promise<RelayFinding> {
  const began = performance.now();
  const ping = once(channel, 'message', limit);
  channel.send(new Uint8Array(messageBytes));
  await ping;
  const roundTripMs = performance.now() - began;
  let left = messages;
  const all = new Promise<void>((resolve, reject) => {
    channel.addEventListener('message', () => {
      left -= 1;
      if (left === 0) resolve();
    });
    limit.addEventListener('abort', () => reject(new Error('the echo did not come back')));
  });
  for (let sent = 0; sent < messages; sent += 1) channel.send(new Uint8Array(messageBytes));
  await all;
  return { outcome: 'works', roundTripMs, bytes: (messages + 1) * messageBytes };
}

/** Offer, answer and candidates between two connections of this page. */
async function connect(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  for (const [from, to] of [[near, far], [far, near]] as const) {
    from.addEventListener('icecandidate', ({ candidate }) => {
      // Closed meanwhile: the probe is over.
      if (candidate !== null) to.addIceCandidate(candidate).catch(() => {});
    });
  }
  await near.setLocalDescription();
  if (near.localDescription !== null) await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  if (far.localDescription !== null) await near.setRemoteDescription(far.localDescription);
}

/** Why there is no candidate, or that there is one and nothing gets through. */
function watchFailure(peer: RTCPeerConnection): { readonly gatheredNothing: Promise<void>; readonly finding: () => RelayFinding } {
  let hasCandidate = false;
  let error = { errorCode: 701, errorText: '' };
  peer.addEventListener('icecandidateerror', ({ errorCode, errorText }) => {
    error = { errorCode, errorText };
  });
  const gatheredNothing = new Promise<void>((resolve) => {
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') hasCandidate = true;
      else if (candidate === null && !hasCandidate) resolve();
    });
  });
  return { gatheredNothing, finding: () => (hasCandidate ? { outcome: 'noData' } : { outcome: 'noAllocation', ...error }) };
}

function once(target: EventTarget, type: string, limit: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const overdue = (): void => reject(new Error(`no ${type} in time`));
    if (limit.aborted) overdue();
    limit.addEventListener('abort', overdue);
    target.addEventListener(type, () => {
      limit.removeEventListener('abort', overdue);
      resolve();
    }, { once: true });
  });
}
