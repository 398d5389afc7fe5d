/* As types.ts: what data sets and their locks say. */

export interface DataFile {
  title: string;
  oggm?: string;
  prepro?: {
    base: string;
    rgi: '62' | '70G' | '70C';
    level: number;
    border: 10 | 80 | 160;
    regions: string[];
  };
  rgi?: ('62' | '70G' | '70C')[];
  climate?: ('GSWP3_W5E5' | 'ERA5' | 'ERA5L' | 'CERA')[];
  tables?: ('geodetic' | 'bias-w5e5' | 'bias-era5')[];
  files?: string[];
  /** Beginning of addresses → what is asked in its place, in order. */
  mirrors: Record<string, string[]>;
  size: string;
}

export interface LockedFile {
  url: string;
  bytes: number;
  unpack?: 'RGIV62' | 'RGI_V62_Intersects' | 'RGIV70G' | 'RGI_V70G_Intersects' | 'RGIV70C';
}

export interface DataLockFile {
  /** Of everything else in the file: it is written by the platform only. */
  checksum?: string;
  recipe: string;
  files: LockedFile[];
}
