import type { LocalMedia } from '../call-internals.ts';
import type { Platform } from '../platform.ts';

/** Gestures after which a browser that refused to play sound lets it play. */
const gestures = ['pointerdown', 'keydown', 'touchend'] as const;

/**
 * Plays what is heard of a call through an element of its own, on the selected speaker. Where there is no document (Node) it
 * does nothing. A browser that refuses sound before the user has touched the page is asked again at the first touch.
 */
export class AudioPlayback {
  private readonly platform: Platform;
  private readonly localMedia: LocalMedia;
  private readonly element: HTMLAudioElement | undefined;
  private readonly unsubscribe: () => void;

  constructor(platform: Platform, localMedia: LocalMedia, mediaStream: MediaStream) {
    this.platform = platform;
    this.localMedia = localMedia;
    this.element = platform.document?.createElement('audio');
    this.unsubscribe = localMedia.onSpeakerChanged(() => {
      void this.selectSpeaker();
    });
    if (this.element === undefined) return;
    this.element.autoplay = true;
    this.element.srcObject = mediaStream;
    if (localMedia.speakerSinkId() !== undefined) void this.selectSpeaker();
  }

  /** Call when tracks were added: an element that found nothing to play may have stopped. */
  play(): void {
    this.element?.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.playAfterGesture();
    });
  }

  setMuted(isMuted: boolean): void {
    if (this.element !== undefined) this.element.muted = isMuted;
  }

  close(): void {
    this.unsubscribe();
    this.stopWaiting();
    if (this.element === undefined) return;
    this.element.pause();
    this.element.srcObject = null;
  }

  private readonly onGesture = (): void => {
    this.stopWaiting();
    this.play();
  };

  private playAfterGesture(): void {
    for (const gesture of gestures) this.platform.document?.addEventListener(gesture, this.onGesture, { capture: true, once: true });
  }

  private stopWaiting(): void {
    for (const gesture of gestures) this.platform.document?.removeEventListener(gesture, this.onGesture, { capture: true });
  }

  private async selectSpeaker(): Promise<void> {
    const { element } = this;
    if (element === undefined || !('setSinkId' in element)) return;
    try {
      await element.setSinkId(this.localMedia.speakerSinkId() ?? '');
    } catch (error) {
      this.platform.logger.warning('the selected speaker cannot be used', error);
    }
  }
}
