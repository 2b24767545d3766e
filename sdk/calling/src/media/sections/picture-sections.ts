import type { StreamInfo, WantedStream } from '@dialplane/calling-api';
import type { Clock } from '../../platform.ts';

/** A remote picture that somebody looks at here. */
export type WantedPicture = Omit<WantedStream, 'mid'>;

/** A section that receives one remote picture at a time. */
interface PictureSection {
  readonly transceiver: RTCRtpTransceiver;
  /** Whose picture it was given to last. */
  picture: WantedPicture;
  /** Since when nobody wants it, on the monotonic clock; undefined while somebody does. */
  idleSince: number | undefined;
}

/** Pictures of somebody else may be on their way for this long after they are not wanted any more. */
const reusableAfterMs = 1000;
/** Far more pictures than anybody shows at once; the server takes no more. */
const maxSections = 64;

/**
 * The sections in which remote pictures arrive, one for each that is wanted. A section is given back when its picture is not wanted any more, and used for another
 * one a second later, which takes no offer: the server is told which section is to show whom.
 */
export class PictureSections {
  private readonly peerConnection: RTCPeerConnection;
  private readonly clock: Clock;
  private sections: PictureSection[] = [];

  constructor(peerConnection: RTCPeerConnection, clock: Clock) {
    this.peerConnection = peerConnection;
    this.clock = clock;
  }

  /** These are wanted from now on, and no others. New sections may have been made, which are to be offered. */
  want(pictures: readonly WantedPicture[]): void {
    const now = this.clock.now();
    for (const section of this.sections) {
      if (!pictures.some((picture) => isSame(picture, section.picture))) section.idleSince ??= now;
    }
    // Who had a section keeps it, also after a moment without anybody watching; only then are idle ones given to others.
    const others = pictures.filter((picture) => !this.keep(picture));
    for (const picture of others) this.give(picture, now);
  }

  /** Makes the section that takes the place of one on an earlier peer connection. */
  openLike(predecessor: PictureSections, transceiver: RTCRtpTransceiver): void {
    const section = predecessor.sections.find((candidate) => candidate.transceiver === transceiver);
    if (section !== undefined) this.sections.push({ ...section, transceiver: this.open() });
  }

  /** What to ask the server for: the sections that are agreed on and wanted. */
  get wanted(): WantedStream[] {
    return this.inUse().map(({ mid, picture }) => Object.assign({ mid }, picture));
  }

  /** Which pictures arrive where. */
  get streams(): StreamInfo[] {
    return this.inUse().map(({ mid, picture: { identifier, mediaStreamType } }) => ({ mid, mediaStreamType, source: identifier }));
  }

  private inUse(): Array<{ readonly mid: string; readonly picture: WantedPicture }> {
    return this.sections.flatMap(({ transceiver: { mid, currentDirection }, picture, idleSince }) =>
      mid === null || currentDirection === null || idleSince !== undefined ? [] : [{ mid, picture }],
    );
  }

  private open(): RTCRtpTransceiver {
    return this.peerConnection.addTransceiver('video', { direction: 'recvonly' });
  }

  private keep(picture: WantedPicture): boolean {
    const section = this.sections.find((candidate) => isSame(candidate.picture, picture));
    if (section === undefined) return false;
    section.picture = picture;
    section.idleSince = undefined;
    return true;
  }

  private give(picture: WantedPicture, now: number): void {
    const [idlest] = this.sections.filter(({ idleSince }) => idleSince !== undefined).sort((one, other) => (one.idleSince ?? 0) - (other.idleSince ?? 0));
    const isFull = this.sections.length >= maxSections;
    if (idlest !== undefined && (isFull || now - (idlest.idleSince ?? now) >= reusableAfterMs)) {
      idlest.picture = picture;
      idlest.idleSince = undefined;
    } else if (!isFull) {
      this.sections.push({ transceiver: this.open(), picture, idleSince: undefined });
    }
  }
}

function isSame(one: WantedPicture, other: WantedPicture): boolean {
  return one.identifier === other.identifier && one.mediaStreamType === other.mediaStreamType;
}
