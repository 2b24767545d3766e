import type { MediaModes, VideoTile } from '@dialplane/calling-api';

/** How what the backend sends is made. */
export interface Conference {
  readonly modes: MediaModes;
  /** Where everybody is in the composed picture, while pictures are mixed. */
  readonly layout: readonly VideoTile[];
}

/** Before the server has said. */
export const assumedModes: MediaModes = { audio: 'mixed', video: 'forwarded' };
