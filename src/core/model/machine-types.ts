/** Machines of one kind. */
export interface Pool {
  cpu: number;
  memory: string;
  max: number;
  startTime: string;
  selector: Record<string, string>;
  taints: Taint[];
  priceClass: 'on-demand' | 'spot';
  gpu?: { count: number; resource: string };
}

export interface Taint {
  key: string;
  value?: string;
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** An image that a hub offers; without `sizes` it goes with all of them. */
export interface Offer {
  name: string;
  for: string[];
  sizes?: string[];
}

export interface Size {
  title?: string;
  cpu: number;
  memory: string;
  default: boolean;
  for: string[];
  /** Name of a pool of its cluster. */
  nodes: string;
  gpu?: number;
  guarantee?: { cpu?: number; memory?: string };
}
