import { join } from 'node:path';
import type { SoundFile } from '@dialplane/media-api';
import { SoundLibrary } from '@dialplane/sounds';
import { webhookGuard } from '@dialplane/telephony';
import type { ServerOptions } from '../command-line/options.ts';
import { Failure } from '../failures.ts';

/** The sounds of this server. */
export interface SoundPart {
  readonly library: SoundLibrary;
  /** What is heard on hold, where that is a file. */
  readonly holdMusic: SoundFile | undefined;
}

/**
 * Opens the folder of sounds. Where an application's files may be is what was said of its webhooks: both are addresses that it gives us.
 *
 * @throws {Failure} `HOLD_MUSIC_UNUSABLE`, `DATA_DIR_UNUSABLE`
 */
export async function openSounds(options: ServerOptions): Promise<SoundPart> {
  const folder = join(options.dataDir, 'sounds');
  const library = await SoundLibrary.open({ folder, guard: webhookGuard(options.webhooks) }).catch((error: unknown) => {
    throw new Failure('DATA_DIR_UNUSABLE', folder, error);
  });
  const { holdMusicFile } = options;
  if (holdMusicFile === undefined) return { library, holdMusic: undefined };
  const music = await library.read(holdMusicFile);
  if (music.kind === 'ready') return { library, holdMusic: music.sound };
  await library.close();
  throw new Failure('HOLD_MUSIC_UNUSABLE', `${holdMusicFile} is not played: ${music.sentence}`);
}
