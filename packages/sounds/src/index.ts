/**
 * Sound files that applications and operators have played in calls: WAV, downloaded or read, made into what media processes play (`SoundFile` of `media-api`), and kept in one
 * folder as long as there is room.
 *
 * Whatever is in a file, it costs the calls nothing: it is decoded in a thread of its own, with limits. Where a file may be is its owner's to say, by a guard.
 *
 * Out of scope: playing, compressed formats, speech that is made from text.
 *
 * ```ts
 * const sounds = await SoundLibrary.open({ folder: '/var/lib/dialplane/sounds', guard });
 * const outcome = await sounds.fetch({ url: 'https://app.example.com/welcome.wav', owner: resourceId });
 * if (outcome.kind === 'ready') media.send({ kind: 'play', conferenceId, playId, to: 'all', sounds: [outcome.sound], isLooped: false });
 * ```
 */
export type { FetchGuard } from './fetch-file.ts';
export type { SoundLibraryOptions, SoundOutcome, SoundRequest } from './sound-library.ts';
export { SoundLibrary } from './sound-library.ts';
