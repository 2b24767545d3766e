import { LocalVideoStream, type AudioDeviceInfo, type DeviceManager, type VideoDeviceInfo } from '@dialplane/calling';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { accessProblem, type AccessProblem } from './device-access.ts';
import { useEmitter } from './use-emitter.ts';

/** Devices, the chosen ones, the camera's picture, and what stands in the way. */
export interface DevicesState {
  readonly cameras: readonly VideoDeviceInfo[];
  readonly microphones: readonly AudioDeviceInfo[];
  readonly speakers: readonly AudioDeviceInfo[];
  readonly camera: VideoDeviceInfo | undefined;
  readonly microphone: AudioDeviceInfo | undefined;
  readonly speaker: AudioDeviceInfo | undefined;
  readonly chooseCamera: (id: string) => Promise<void>;
  readonly chooseMicrophone: (id: string) => Promise<void>;
  readonly chooseSpeaker: (id: string) => Promise<void>;
  /** The camera's stream while it is on: the preview, and what calls send. */
  readonly localVideo: LocalVideoStream | undefined;
  readonly turnCameraOn: () => Promise<LocalVideoStream | undefined>;
  readonly turnCameraOff: () => void;
  readonly problem: AccessProblem | undefined;
  /** Asks the browser; resolves to whether the microphone may be used. */
  readonly ask: (wantsVideo: boolean) => Promise<boolean>;
}

interface Lists {
  readonly cameras: readonly VideoDeviceInfo[];
  readonly microphones: readonly AudioDeviceInfo[];
  readonly speakers: readonly AudioDeviceInfo[];
}

const noDevices: Lists = { cameras: [], microphones: [], speakers: [] };
const cameraKey = 'dialplane.camera';

/** Follows the device manager; without one (not connected yet) there are no devices. */
export function useDevices(manager: DeviceManager | undefined): DevicesState {
  const [lists, setLists] = useState(noDevices);
  const [cameraId, setCameraId] = useState(() => localStorage.getItem(cameraKey) ?? undefined);
  const [localVideo, setLocalVideo] = useState<LocalVideoStream>();
  /** What `localVideo` will be at the next render: the camera may be turned on and off again before that. */
  const newestVideo = useRef<LocalVideoStream>(undefined);
  const [problem, setProblem] = useState<AccessProblem>();
  useEmitter(manager, 'selectedMicrophoneChanged selectedSpeakerChanged');

  useEffect(() => {
    if (manager === undefined) return undefined;
    const refresh = async (): Promise<void> => setLists(await listDevices(manager));
    const update = (): void => void refresh();
    manager.on('videoDevicesUpdated', update);
    manager.on('audioDevicesUpdated', update);
    update();
    return () => {
      manager.off('videoDevicesUpdated', update);
      manager.off('audioDevicesUpdated', update);
    };
  }, [manager]);

  const { cameras, microphones, speakers } = lists;
  const camera = cameras.find(({ id }) => id === cameraId) ?? cameras[0];

  const ask = useCallback(async (wantsVideo: boolean): Promise<boolean> => {
    if (manager === undefined) return false;
    const access = await manager.askDevicePermission({ audio: true, video: wantsVideo });
    const found = await listDevices(manager);
    setLists(found);
    setProblem(accessProblem({ isSecureContext: window.isSecureContext, wantsVideo, ...access, microphones: found.microphones.length, cameras: found.cameras.length }));
    return access.audio;
  }, [manager]);

  const showVideo = useCallback((stream: LocalVideoStream | undefined): void => {
    newestVideo.current = stream;
    setLocalVideo(stream);
  }, []);

  const turnCameraOn = useCallback(async (): Promise<LocalVideoStream | undefined> => {
    if (newestVideo.current !== undefined) return newestVideo.current;
    await ask(true);
    const found = manager === undefined ? [] : await manager.getCameras();
    const source = found.find(({ id }) => id === cameraId) ?? found[0];
    if (source === undefined) return undefined;
    const stream = newestVideo.current ?? new LocalVideoStream(source);
    showVideo(stream);
    return stream;
  }, [ask, cameraId, manager, showVideo]);

  const turnCameraOff = useCallback(() => {
    newestVideo.current?.dispose();
    showVideo(undefined);
  }, [showVideo]);

  const chooseCamera = useCallback(async (id: string): Promise<void> => {
    localStorage.setItem(cameraKey, id);
    setCameraId(id);
    const chosen = cameras.find((device) => device.id === id);
    if (chosen !== undefined) await localVideo?.switchSource(chosen);
  }, [cameras, localVideo]);
  const chooseMicrophone = useCallback(async (id: string): Promise<void> => {
    const chosen = microphones.find((device) => device.id === id);
    if (chosen !== undefined) await manager?.selectMicrophone(chosen);
  }, [manager, microphones]);
  const chooseSpeaker = useCallback(async (id: string): Promise<void> => {
    const chosen = speakers.find((device) => device.id === id);
    if (chosen !== undefined) await manager?.selectSpeaker(chosen);
  }, [manager, speakers]);

  const microphone = manager?.selectedMicrophone;
  const speaker = manager?.selectedSpeaker;
  return useMemo(
    () => ({ cameras, microphones, speakers, camera, microphone, speaker, chooseCamera, chooseMicrophone, chooseSpeaker, localVideo, turnCameraOn, turnCameraOff, problem, ask }),
    [cameras, microphones, speakers, camera, microphone, speaker, chooseCamera, chooseMicrophone, chooseSpeaker, localVideo, turnCameraOn, turnCameraOff, problem, ask],
  );
}

async function listDevices(manager: DeviceManager): Promise<Lists> {
  const [cameras, microphones, speakers] = await Promise.all([manager.getCameras(), manager.getMicrophones(), manager.getSpeakers()]);
  return { cameras, microphones, speakers };
}
