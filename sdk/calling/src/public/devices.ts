import type { CollectionUpdatedEvent, EventSubscriptions, PropertyChangedEvent } from './events.ts';

export type VideoDeviceType = 'Unknown' | 'UsbCamera' | 'CaptureAdapter' | 'Virtual' | 'ScreenSharing';
export type AudioDeviceType = 'Microphone' | 'Speaker' | 'CompositeAudioDevice' | 'Virtual';

/** A camera. `id` is the browser's device id with the prefix `camera:`; `name` is empty before permission is given. */
export interface VideoDeviceInfo {
  readonly name: string;
  readonly id: string;
  readonly deviceType: VideoDeviceType;
}

/** A microphone (`microphone:<device id>`) or a speaker (`speaker:<device id>`). */
export interface AudioDeviceInfo {
  readonly name: string;
  readonly id: string;
  readonly isSystemDefault: boolean;
  readonly deviceType: AudioDeviceType;
}

export interface PermissionConstraints {
  readonly audio: boolean;
  readonly video: boolean;
}

export interface DeviceAccess {
  readonly audio: boolean;
  readonly video: boolean;
}

export interface DeviceManagerEvents {
  videoDevicesUpdated: CollectionUpdatedEvent<VideoDeviceInfo>;
  audioDevicesUpdated: CollectionUpdatedEvent<AudioDeviceInfo>;
  selectedMicrophoneChanged: PropertyChangedEvent;
  selectedSpeakerChanged: PropertyChangedEvent;
}

/** Cameras, microphones and speakers of this computer, and which of them calls use. One per CallClient. */
export interface DeviceManager extends EventSubscriptions<DeviceManagerEvents> {
  readonly isSpeakerSelectionAvailable: boolean;
  readonly selectedMicrophone?: AudioDeviceInfo | undefined;
  readonly selectedSpeaker?: AudioDeviceInfo | undefined;
  getCameras(): Promise<VideoDeviceInfo[]>;
  getMicrophones(): Promise<AudioDeviceInfo[]>;
  getSpeakers(): Promise<AudioDeviceInfo[]>;
  selectMicrophone(microphone: AudioDeviceInfo): Promise<void>;
  selectSpeaker(speaker: AudioDeviceInfo): Promise<void>;
  askDevicePermission(constraints: PermissionConstraints): Promise<DeviceAccess>;
  startPreheatDevices(): void;
  stopPreheatDevices(): void;
}
