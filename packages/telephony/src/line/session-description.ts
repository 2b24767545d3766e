/** Which way sound flows, as the writer of a description sees it (RFC 8866 §6.7). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Direction of the first section of sound; one that is sent to `0.0.0.0` is on hold the old way (RFC 3264 §8.4). */
export function soundDirection(sdp: string): Direction {
  let direction: Direction = 'sendrecv';
  let sections = 0;
  let isNowhere = false;
  for (const line of sdp.split(/\r?\n/)) {
    if (line.startsWith('m=')) sections += 1;
    if (sections > 1) break;
    if (line.startsWith('c=')) isNowhere = /^c=IN IP4 0\.0\.0\.0\b/.test(line);
    direction = (/^a=(sendrecv|sendonly|recvonly|inactive)\s*$/.exec(line)?.[1] as Direction | undefined) ?? direction;
  }
  return isNowhere && direction === 'sendrecv' ? 'sendonly' : direction;
}

/** Whether its writer has put the other side on hold (RFC 3264 §8.4): it does not want to hear. */
export function isHold(sdp: string): boolean {
  const direction = soundDirection(sdp);
  return direction === 'sendonly' || direction === 'inactive';
}
