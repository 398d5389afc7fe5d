import type { DataFile, LockedFile } from '../model/data-types.ts';

type Rgi = NonNullable<DataFile['rgi']>[number];
type Climate = NonNullable<DataFile['climate']>[number];
type Table = NonNullable<DataFile['tables']>[number];

/** A file that OGGM would download, and the folder of the inventory that it unpacks it into. */
export type Source = Pick<LockedFile, 'url' | 'unpack'>;

/* Addresses of OGGM 1.6.3: utils/_downloads.py, shop/w5e5.py, shop/ecmwf.py. */

const BREMEN = 'https://cluster.klima.uni-bremen.de/~oggm';
const NSIDC = 'https://daacdata.apps.nsidc.org/pub/DATASETS/nsidc0770_rgi_v7/global_files';
const W5E5 = `${BREMEN}/climate/gswp3-w5e5/flattened/2025.11.25/monthly/gswp3-w5e5`;
const ERA5 = `${BREMEN}/climate/era5/monthly/v1.2/flattened/era5`;
const ERA5_LAND = `${BREMEN}/climate/era5-land/monthly/v1.0/era5_land`;
const CERA = `${BREMEN}/climate/cera-20c/monthly/v1.0/cera-20c`;
const BIAS = `${BREMEN}/ref_mb_params/oggm_v1.6`;
const GEODETIC = `${BREMEN}/geodetic_ref_mb/hugonnet_2021`;

export const RGI_SOURCES: Readonly<Record<Rgi, readonly Source[]>> = {
  '62': [
    { url: `${BREMEN}/rgi/rgi62.zip`, unpack: 'RGIV62' },
    { url: `${BREMEN}/rgi/rgi62_Intersects.zip`, unpack: 'RGI_V62_Intersects' },
  ],
  '70G': [
    { url: `${NSIDC}/RGI2000-v7.0-G-global.zip`, unpack: 'RGIV70G' },
    { url: `${NSIDC}/RGI2000-v7.0-I-global.zip`, unpack: 'RGI_V70G_Intersects' },
  ],
  '70C': [{ url: `${NSIDC}/RGI2000-v7.0-C-global.zip`, unpack: 'RGIV70C' }],
};

export const CLIMATE_URLS: Readonly<Record<Climate, readonly string[]>> = {
  GSWP3_W5E5: [
    `${W5E5}_glacier_invariant_flat_v2025.11.25.nc`,
    ...['tas', 'temp_std', 'pr'].map(
      (name) => `${W5E5}_obsclim_${name}_global_monthly_1901_2019_flat_glaciers_v2025.11.25.nc`,
    ),
  ],
  ERA5: [
    `${ERA5}_glacier_invariant_flat_v2026.01.14.nc`,
    `${ERA5}_tp_global_monthly_1940_2025_flat_glaciers_v2026.01.14.nc`,
    `${ERA5}_t2m_global_monthly_1940_2025_flat_glaciers_v2026.01.14.nc`,
  ],
  ERA5L: [
    `${ERA5_LAND}_invariant_flat.nc`,
    `${ERA5_LAND}_monthly_prcp_1981-2018_flat.nc`,
    `${ERA5_LAND}_monthly_t2m_1981-2018_flat.nc`,
  ],
  CERA: [`${CERA}_invariant.nc`, `${CERA}_pcp_1901-2010.nc`, `${CERA}_t2m_1901-2010.nc`],
};

const biases = (climate: 'w5e5' | 'era5'): string[] =>
  ['rgi6_perglacier_temp_bias_v2025.6.2', 'rgi6_regional_temp_bias_v2025.6.3'].map(
    (name) => `${BIAS}/${climate}_${name}.csv`,
  );

export const TABLE_URLS: Readonly<Record<Table, readonly string[]>> = {
  geodetic: [
    `${GEODETIC}_ds_rgi60_pergla_rates_10_20_worldwide_filled.hdf`,
    `${GEODETIC}_regional_avg.csv`,
  ],
  'bias-w5e5': biases('w5e5'),
  'bias-era5': biases('era5'),
};

/**
 * Glaciers of the regions 01 to 19. Sources: RGI Consortium, RGI 6.0 technical report (2017), with those connected to
 * the ice sheet of Greenland, 216502 in all; RGI 7.0 (2023), 274531 in all.
 */
const RGI6 = [
  27108, 18855, 4556, 7415, 20261, 568, 1615, 3417, 1069, 5151, 3927, 1888, 54429, 27988, 13119,
  2939, 15908, 3537, 2752,
];
const RGI7 = [
  27509, 18730, 5216, 11009, 19994, 568, 1666, 3410, 1069, 7155, 4079, 2275, 75613, 37562, 18587,
  3695, 30634, 3018, 2742,
];

/** Of complexes there are fewer than of glaciers: their bundles end before. */
export const GLACIERS: Readonly<Record<Rgi, readonly number[]>> = {
  '62': RGI6,
  '70G': RGI7,
  '70C': RGI7,
};
