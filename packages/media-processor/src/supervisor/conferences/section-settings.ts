import type { MediaStreamType, StreamInfo } from '@dialplane/calling-api';
import type { AgreedCodec, AgreedSection, ExtensionName } from '@dialplane/sdp';
import type { SectionCodec, SectionExtensions, SectionSettings } from '../../process-api/leg-settings.ts';

/** What a media process has to know of an agreed section. @param streams What the client says its sections carry. */
export function sectionSettings(section: AgreedSection, streams: readonly StreamInfo[]): SectionSettings {
  const { mid, kind, codecs, receive, send } = section;
  return {
    mid,
    kind,
    codecs: codecs.map(sectionCodec),
    extensions: extensionNumbers(section),
    ...(receive !== undefined && { receive: { ...receive, mediaStreamType: streamTypeOf(mid, kind, streams) } }),
    ...(send !== undefined && { send }),
  };
}

function sectionCodec({ name, payloadType, clockRate, channels, parameters, feedback, rtxPayloadType }: AgreedCodec): SectionCodec {
  const codec = { name, payloadType, clockRate, channels, parameters, nack: feedback.includes('nack') };
  return rtxPayloadType === undefined ? codec : { ...codec, rtxPayloadType };
}

/** What a section carries; one that the client does not name is the microphone or the camera. */
function streamTypeOf(mid: string, kind: 'audio' | 'video', streams: readonly StreamInfo[]): MediaStreamType {
  if (kind === 'audio') return 'Audio';
  return streams.find((stream) => stream.mid === mid)?.mediaStreamType === 'ScreenSharing' ? 'ScreenSharing' : 'Video';
}

function extensionNumbers({ extensions }: AgreedSection): SectionExtensions {
  const numberOf = (name: ExtensionName): number => extensions.find((extension) => extension.name === name)?.id ?? 0;
  return {
    mid: numberOf('mid'), rid: numberOf('rid'), repairedRid: numberOf('repairedRid'), audioLevel: numberOf('audioLevel'),
    absoluteSendTime: numberOf('absoluteSendTime'), transportSequence: numberOf('transportSequence'),
  };
}
