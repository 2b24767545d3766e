import type { MediaControl, MediaEvent } from '@dialplane/media-api';

/** Stands where there is no Media Processor: says why, also to a call of an earlier run that had one. @param reason A sentence that says what to do. */
export function absentMedia(reason: string): MediaControl {
  const listeners: Array<(event: MediaEvent) => void> = [];
  return {
    absence: () => reason,
    onEvent: (listener) => void listeners.push(listener),
    send: (command) => {
      if (command.kind !== 'openConference') return;
      const failed: MediaEvent = { kind: 'conferenceFailed', conferenceId: command.conferenceId, reason: 'MEDIA_PROCESSOR_UNAVAILABLE', sentence: reason };
      queueMicrotask(() => listeners.forEach((listener) => listener(failed)));
    },
  };
}
