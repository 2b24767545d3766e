import type { Call, RemoteParticipant, RemoteVideoStream } from '@dialplane/calling';
import { useEffect, useState } from 'react';

/** Whose screen is shared in the call. */
export function useSharer(call: Call): RemoteParticipant | undefined {
  const [sharer, setSharer] = useState<RemoteParticipant>();
  useEffect(() => {
    const participants = new Set<RemoteParticipant>();
    const streams = new Set<RemoteVideoStream>();
    const follow = (): void => {
      for (const participant of call.remoteParticipants) {
        if (!participants.has(participant)) participant.on('videoStreamsUpdated', follow);
        participants.add(participant);
        for (const stream of participant.videoStreams) {
          if (!streams.has(stream)) stream.on('isAvailableChanged', follow);
          streams.add(stream);
        }
      }
      setSharer(call.remoteParticipants.find(({ videoStreams }) => videoStreams.some(isShared)));
    };
    call.on('remoteParticipantsUpdated', follow);
    follow();
    return () => {
      call.off('remoteParticipantsUpdated', follow);
      for (const participant of participants) participant.off('videoStreamsUpdated', follow);
      for (const stream of streams) stream.off('isAvailableChanged', follow);
    };
  }, [call]);
  return sharer;
}

const isShared = ({ mediaStreamType, isAvailable }: RemoteVideoStream): boolean => mediaStreamType === 'ScreenSharing' && isAvailable;
