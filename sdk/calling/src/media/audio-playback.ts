import type { LocalMedia } from '../call-internals.ts';
import type { Platform } from '../platform.ts';

/** Gestures after which a browser that refused to play sound lets it play. */
const gestures = ['pointerdown', 'keydown', 'touchend'] as const;

/**
 * Plays what is heard of a call, on the selected speaker: each track through an element of its own, because Chromium plays the tracks alone that a MediaStream had
 * when its element began. Where there is no document (Node) it does nothing. A browser that refuses sound before the user has touched the page is asked again at
 * the first touch.
 */
export class AudioPlayback {
  private readonly platform: Platform;
  private readonly localMedia: LocalMedia;
  private readonly elements = new Map<MediaStreamTrack, HTMLAudioElement>();
  private readonly unsubscribe: () => void;
  private isMuted = false;

  constructor(platform: Platform, localMedia: LocalMedia) {
    this.platform = platform;
    this.localMedia = localMedia;
    this.unsubscribe = localMedia.onSpeakerChanged(() => {
      for (const element of this.elements.values()) void this.selectSpeaker(element);
    });
  }

  /** These are heard from now on, and no others. */
  play(tracks: readonly MediaStreamTrack[]): void {
    for (const [track, element] of this.elements) {
      if (tracks.includes(track)) continue;
      this.elements.delete(track);
      release(element);
    }
    for (const track of tracks) if (!this.elements.has(track)) this.open(track);
  }

  setMuted(isMuted: boolean): void {
    this.isMuted = isMuted;
    for (const element of this.elements.values()) element.muted = isMuted;
  }

  close(): void {
    this.unsubscribe();
    this.stopWaiting();
    this.play([]);
  }

  private open(track: MediaStreamTrack): void {
    const element = this.platform.document?.createElement('audio');
    const { MediaStream: Stream } = this.platform;
    if (element === undefined || Stream === undefined) return;
    this.elements.set(track, element);
    Object.assign(element, { autoplay: true, muted: this.isMuted, srcObject: new Stream([track]) });
    if (this.localMedia.speakerSinkId() !== undefined) void this.selectSpeaker(element);
    this.begin(element);
  }

  private begin(element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.playAfterGesture();
    });
  }

  private readonly onGesture = (): void => {
    this.stopWaiting();
    for (const element of this.elements.values()) this.begin(element);
  };

  private playAfterGesture(): void {
    for (const gesture of gestures) this.platform.document?.addEventListener(gesture, this.onGesture, { capture: true, once: true });
  }

  private stopWaiting(): void {
    for (const gesture of gestures) this.platform.document?.removeEventListener(gesture, this.onGesture, { capture: true });
  }

  private async selectSpeaker(element: HTMLAudioElement): Promise<void> {
    if (!('setSinkId' in element)) return;
    try {
      await element.setSinkId(this.localMedia.speakerSinkId() ?? '');
    } catch (error) {
      this.platform.logger.warning('the selected speaker cannot be used', error);
    }
  }
}

function release(element: HTMLAudioElement): void {
  element.pause();
  element.srcObject = null;
}
