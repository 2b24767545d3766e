import { callSurvey } from './call-survey.ts';
import { capabilities } from './capabilities.ts';
import { captions } from './captions.ts';
import { dataChannel } from './data-channel/data-channel.ts';
import { debugInfo } from './debug-info.ts';
import { userFacingDiagnostics } from './diagnostics/user-facing-diagnostics.ts';
import { dominantSpeakers } from './dominant-speakers.ts';
import { dtmf } from './dtmf.ts';
import { audioEffects, videoEffects } from './effects.ts';
import { mediaAccess } from './media-access.ts';
import { mediaModes } from './media-modes.ts';
import { mediaStats } from './media-stats.ts';
import { optimalVideoCount } from './optimal-video-count.ts';
import { raiseHand } from './raise-hand.ts';
import { reaction } from './reaction.ts';
import { realTimeText } from './real-time-text.ts';
import { recording, transcription } from './recording.ts';
import { spotlight } from './spotlight.ts';
import { breakoutRooms, pptLive, teamsMeetingAudioConferencing, togetherMode } from './teams-features.ts';
import { transfer } from './transfer.ts';

/**
 * What `feature(…)` of a call, a call client or a local stream can be asked for. Each is one object for good: applications
 * compare them with `===`.
 */
export const Features = {
  AudioEffects: audioEffects,
  BreakoutRooms: breakoutRooms,
  CallSurvey: callSurvey,
  Capabilities: capabilities,
  Captions: captions,
  DataChannel: dataChannel,
  DebugInfo: debugInfo,
  DominantSpeakers: dominantSpeakers,
  Dtmf: dtmf,
  MediaAccess: mediaAccess,
  MediaModes: mediaModes,
  MediaStats: mediaStats,
  OptimalVideoCount: optimalVideoCount,
  PPTLive: pptLive,
  RaiseHand: raiseHand,
  Reaction: reaction,
  RealTimeText: realTimeText,
  Recording: recording,
  Spotlight: spotlight,
  TeamsMeetingAudioConferencing: teamsMeetingAudioConferencing,
  TogetherMode: togetherMode,
  Transcription: transcription,
  Transfer: transfer,
  UserFacingDiagnostics: userFacingDiagnostics,
  VideoEffects: videoEffects,
} as const;
