import { EventEmitter } from '../event-emitter.ts';
import type { Volume, VolumeEvents } from '../public/streams.ts';
import { LevelMeter } from './level-meter.ts';

/** Where a volume gets its sound from. The hold is kept only while somebody listens. */
export interface VolumeSource {
  acquire(): Promise<{ readonly mediaStream: MediaStream; release(): void }>;
  onChanged(listener: (mediaStream: MediaStream | undefined) => void): () => void;
}

/** How often the level is measured. */
const volumeIntervalMs = 100;

/**
 * Loudness of a stream, measured while `levelChanged` has a listener and never otherwise; `level` keeps its last value.
 */
export class StreamVolume extends EventEmitter<VolumeEvents> implements Volume {
  private currentLevel = 0;
  private readonly source: VolumeSource;
  private readonly listening = new Set<VolumeEvents['levelChanged']>();
  private measurement: { stop(): void } | undefined;

  constructor(source: VolumeSource) {
    super();
    this.source = source;
  }

  get level(): number {
    return this.currentLevel;
  }

  override on<Name extends keyof VolumeEvents>(event: Name, listener: VolumeEvents[Name]): void {
    super.on(event, listener);
    this.listening.add(listener);
    this.measurement ??= this.start();
  }

  override off<Name extends keyof VolumeEvents>(event: Name, listener: VolumeEvents[Name]): void {
    super.off(event, listener);
    this.listening.delete(listener);
    if (this.listening.size === 0) this.stop();
  }

  stop(): void {
    this.measurement?.stop();
    this.measurement = undefined;
  }

  private start(): { stop(): void } {
    const end: Array<() => void> = [];
    let isStopped = false;
    const measure = (meter: LevelMeter) => {
      const level = loudness(meter.rms());
      if (level === this.currentLevel) return;
      this.currentLevel = level;
      this.emit('levelChanged');
    };
    const begin = async () => {
      const hold = await this.source.acquire();
      if (isStopped) return hold.release();
      const meter = new LevelMeter(hold.mediaStream);
      const timer = setInterval(() => measure(meter), volumeIntervalMs);
      end.push(this.source.onChanged((mediaStream) => meter.listenTo(mediaStream)), () => clearInterval(timer), () => meter.close(), () => hold.release());
    };
    begin().catch(() => {
      this.measurement = undefined;
    });
    return {
      stop: () => {
        isStopped = true;
        for (const undo of end.splice(0)) undo();
      },
    };
  }
}

/** Amplitude 0..1 to 0..100, linear in decibels: 0 at -60 dBFS and below, 100 at full scale. */
function loudness(rms: number): number {
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.round(Math.min(100, Math.max(0, ((decibels + 60) / 60) * 100)));
}
