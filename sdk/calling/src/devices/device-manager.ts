import { clientError } from '../communication-services-error.ts';
import { EventEmitter } from '../event-emitter.ts';
import type { Platform } from '../platform.ts';
import type { AudioDeviceInfo, DeviceAccess, DeviceManager, DeviceManagerEvents, PermissionConstraints, VideoDeviceInfo } from '../public/devices.ts';
import { stopTracks } from '../streams/local-track.ts';
import { microphoneConstraints, openDevice } from './device-constraints.ts';
import { deviceLists, listChanges, type DeviceLists } from './device-info.ts';

const noDevices: DeviceLists = { cameras: [], microphones: [], speakers: [] };

/**
 * The devices of this computer as one CallClient uses them. It looks again whenever the browser says that something changed;
 * a selected device that is unplugged gives way to the system's default.
 */
export class ClientDeviceManager extends EventEmitter<DeviceManagerEvents> implements DeviceManager {
  private readonly platform: Platform;
  private lists: DeviceLists = noDevices;
  private microphone: AudioDeviceInfo | undefined;
  private speaker: AudioDeviceInfo | undefined;
  private preheated: Promise<MediaStream | undefined> | undefined;
  private refreshing: Promise<DeviceLists> | undefined;
  private readonly onDeviceChange = () => {
    void this.refresh();
  };

  constructor(platform: Platform) {
    super();
    this.platform = platform;
    platform.mediaDevices?.addEventListener?.('devicechange', this.onDeviceChange);
  }

  /** Whether a page may choose the speaker (`setSinkId`): not so in every browser. */
  get isSpeakerSelectionAvailable(): boolean {
    return this.platform.document !== undefined && 'setSinkId' in this.platform.document.createElement('audio');
  }

  /** Undefined until the devices are known: before permission browsers tell neither id nor name. */
  get selectedMicrophone(): AudioDeviceInfo | undefined {
    return this.microphone;
  }

  get selectedSpeaker(): AudioDeviceInfo | undefined {
    return this.speaker;
  }

  async getCameras(): Promise<VideoDeviceInfo[]> {
    return [...(await this.refresh()).cameras];
  }

  async getMicrophones(): Promise<AudioDeviceInfo[]> {
    return [...(await this.refresh()).microphones];
  }

  /** Empty where a speaker cannot be chosen. */
  async getSpeakers(): Promise<AudioDeviceInfo[]> {
    return [...(await this.refresh()).speakers];
  }

  /** From now on calls use this microphone, running ones included. Rejects with `DEVICE_UNKNOWN`. */
  async selectMicrophone(microphone: AudioDeviceInfo): Promise<void> {
    const chosen = known((await this.refresh()).microphones, microphone);
    if (chosen.id === this.microphone?.id) return;
    this.microphone = chosen;
    this.emit('selectedMicrophoneChanged');
  }

  /** From now on calls are heard from this speaker. Rejects with `DEVICE_UNKNOWN`. */
  async selectSpeaker(speaker: AudioDeviceInfo): Promise<void> {
    const chosen = known((await this.refresh()).speakers, speaker);
    if (chosen.id === this.speaker?.id) return;
    this.speaker = chosen;
    this.emit('selectedSpeakerChanged');
  }

  /**
   * Asks the user for what is not permitted yet; tells what is permitted afterwards. A device that is missing or in use counts
   * as not permitted. Never rejects.
   */
  async askDevicePermission({ audio, video }: PermissionConstraints): Promise<DeviceAccess> {
    const access = (await this.tryOpen({ audio, video })) ? { audio, video } : await this.askOneByOne({ audio, video });
    await this.refresh();
    return access;
  }

  /**
   * Opens the microphone ahead of a call, so that the call does not wait for it. Only where the user has permitted it before.
   * The camera is left alone: its light would tell of a picture that nobody sends.
   */
  startPreheatDevices(): void {
    this.preheated ??= this.openPermittedMicrophone();
  }

  stopPreheatDevices(): void {
    void this.preheated?.then((mediaStream) => mediaStream !== undefined && stopTracks(mediaStream));
    this.preheated = undefined;
  }

  dispose(): void {
    this.stopPreheatDevices();
    this.platform.mediaDevices?.removeEventListener?.('devicechange', this.onDeviceChange);
  }

  /** Looks at the devices and tells what changed. Calls that come while it looks share the answer. */
  private refresh(): Promise<DeviceLists> {
    this.refreshing ??= this.lookAgain().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async lookAgain(): Promise<DeviceLists> {
    const before = this.lists;
    const after = await this.enumerate();
    this.lists = after;
    const cameras = listChanges(before.cameras, after.cameras);
    const audio = listChanges([...before.microphones, ...before.speakers], [...after.microphones, ...after.speakers]);
    this.followSelection(after);
    if (cameras.added.length + cameras.removed.length > 0) this.emit('videoDevicesUpdated', cameras);
    if (audio.added.length + audio.removed.length > 0) this.emit('audioDevicesUpdated', audio);
    return after;
  }

  private async enumerate(): Promise<DeviceLists> {
    const devices = (await this.platform.mediaDevices?.enumerateDevices?.()) ?? [];
    const lists = deviceLists(devices);
    return this.isSpeakerSelectionAvailable ? lists : { ...lists, speakers: [] };
  }

  private followSelection({ microphones, speakers }: DeviceLists): void {
    const microphone = stillSelected(this.microphone, microphones);
    if (microphone?.id !== this.microphone?.id) {
      this.microphone = microphone;
      this.emit('selectedMicrophoneChanged');
    }
    const speaker = stillSelected(this.speaker, speakers);
    if (speaker?.id !== this.speaker?.id) {
      this.speaker = speaker;
      this.emit('selectedSpeakerChanged');
    }
  }

  private async askOneByOne({ audio, video }: PermissionConstraints): Promise<DeviceAccess> {
    return {
      audio: audio && (await this.tryOpen({ audio: true, video: false })),
      video: video && (await this.tryOpen({ audio: false, video: true })),
    };
  }

  private async tryOpen({ audio, video }: PermissionConstraints): Promise<boolean> {
    if (!audio && !video) return true;
    try {
      stopTracks(await openDevice(this.platform.mediaDevices, { audio, video }));
      return true;
    } catch (error) {
      this.platform.logger.info('A device could not be opened to ask for permission.', error);
      return false;
    }
  }

  private async openPermittedMicrophone(): Promise<MediaStream | undefined> {
    const [microphone] = (await this.refresh()).microphones;
    const wanted = this.microphone ?? microphone;
    if (wanted === undefined || wanted.name === '') return undefined;
    return openDevice(this.platform.mediaDevices, microphoneConstraints(wanted)).catch(() => undefined);
  }
}

function known(devices: readonly AudioDeviceInfo[], wanted: AudioDeviceInfo): AudioDeviceInfo {
  const device = devices.find(({ id }) => id === wanted.id);
  if (device === undefined) throw clientError('DEVICE_UNKNOWN');
  return device;
}

/** The selected device while it is there, else the system's default; none while names are hidden for want of permission. */
function stillSelected(selected: AudioDeviceInfo | undefined, devices: readonly AudioDeviceInfo[]): AudioDeviceInfo | undefined {
  const named = devices.filter(({ name }) => name !== '');
  return named.find(({ id }) => id === selected?.id) ?? named.find(({ isSystemDefault }) => isSystemDefault) ?? named[0];
}
