import type { UdpSockets } from '@dialplane/kernels';
import type { ProcessSettings } from '../../process-api/process-messages.ts';
import { patientRtcp } from './patient-rtcp.ts';

/** Seconds of a busy process that may wait: 4 MiB, as far as the system lets it grow. */
const bufferBytes = 4 * 1024 * 1024;

export interface MediaSockets {
  /** Those that could be opened. */
  readonly addresses: readonly string[];
  /** The same on all of them. */
  readonly port: number;
  /** A sentence about the last one that could not. */
  readonly failure: string;
}

/** Opens a socket on each address; where any port will do, the first decides for all. */
export function openMediaSockets(sockets: UdpSockets, settings: Pick<ProcessSettings, 'addresses' | 'port'>): MediaSockets {
  const addresses: string[] = [];
  let { port } = settings;
  let failure = 'There is no address to listen on.';
  for (const address of settings.addresses) {
    sockets.open({ address, port, bufferBytes, mayWait: patientRtcp }, (opened) => {
      if (typeof opened === 'number') {
        port = sockets.portOf(opened);
        addresses.push(address);
      } else failure = `UDP port ${port} on ${address} cannot be opened: ${opened.code}.`;
    });
  }
  return { addresses, port, failure };
}
