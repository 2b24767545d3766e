import type { MediaModes, MediaSession, VideoTile } from '@dialplane/calling-api';

/** How what the backend sends is made. */
export interface Conference {
  readonly modes: MediaModes;
  /** Where everybody is in the composed picture, while pictures are mixed. */
  readonly layout: readonly VideoTile[];
}

/** Before the server has said. */
export const assumedModes: MediaModes = { audio: 'mixed', video: 'forwarded' };

/** How the backend sends, and would be sent to. */
export type SessionModes = { readonly modes: MediaModes } & Pick<MediaSession, 'layout' | 'audioCodec'>;

/** `session` with these modes, and what goes with them: a layout or a codec that is not named is no more. */
export function withModes(session: MediaSession, { modes, layout, audioCodec }: SessionModes): MediaSession {
  const { layout: _layout, audioCodec: _audioCodec, ...rest } = session;
  return { ...rest, modes, ...(layout === undefined ? {} : { layout }), ...(audioCodec === undefined ? {} : { audioCodec }) };
}
