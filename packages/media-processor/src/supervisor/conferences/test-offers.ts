import { readFileSync } from 'node:fs';
import type { MediaDescription, StreamInfo } from '@dialplane/calling-api';

/** A real offer of a client, as `packages/sdp` keeps them. */
export function offerOf(client: 'chromium' | 'firefox' | 'wrtc' | 'werift'): string {
  return readFileSync(new URL(`../../../../sdp/src/fixtures/${client}.sdp`, import.meta.url), 'utf8');
}

export function describe(sdp: string, revision = 1, streams: StreamInfo[] = []): MediaDescription {
  return { type: 'offer', sdp, revision, streams };
}
