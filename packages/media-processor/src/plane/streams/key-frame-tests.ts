import { type KeyFrameTest, startsAv1KeyFrame, startsH264KeyFrame, startsVp9KeyFrame } from '@dialplane/rtp';

/** Tells whether a receiver can start with a packet; of a codec that is not known here, with any. */
export function keyFrameTestOf(codecName: string): KeyFrameTest {
  switch (codecName) {
    case 'VP9':
      return startsVp9KeyFrame;
    case 'H264':
      return startsH264KeyFrame;
    case 'AV1':
      return startsAv1KeyFrame;
    default:
      return () => true;
  }
}
