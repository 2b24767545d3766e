import type { CreateRemoteAudioStream } from '../call-internals.ts';
import type { RemoteAudioStream, Volume } from '../public/streams.ts';
import { StreamVolume } from './stream-volume.ts';

/** All that is heard of a call; its volume is measured while somebody listens for it. */
class HeardAudioStream implements RemoteAudioStream {
  private readonly mediaStream: MediaStream;
  private readonly volume: StreamVolume;

  constructor(mediaStream: MediaStream) {
    this.mediaStream = mediaStream;
    this.volume = new StreamVolume({
      acquire: async () => ({ mediaStream, release: () => {} }),
      onChanged: () => () => {},
    });
  }

  async getMediaStream(): Promise<MediaStream> {
    return this.mediaStream;
  }

  async getVolume(): Promise<Volume> {
    return this.volume;
  }
}

export const createRemoteAudioStream: CreateRemoteAudioStream = (mediaStream) => new HeardAudioStream(mediaStream);
