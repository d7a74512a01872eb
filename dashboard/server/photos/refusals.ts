import type { Refusal } from '../../../devices/contract/command.ts';

/** Bytes of a picture as it arrives. */
export const MOST_BYTES = 15_000_000;
/** Pixels of a picture as it arrives: more than any telephone makes by itself, less than memory minds. */
export const MOST_PIXELS = 64_000_000;

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

/** Why a picture is not taken, and what to do. */
export const photoRefusals = {
  none: {
    code: 'photo-missing',
    zh: '请求里没有照片：以 multipart/form-data 上传一个文件，字段名 photo',
    en: 'there is no picture in the request: send one file as multipart/form-data, in the field "photo"',
  },
  tooLarge: {
    code: 'photo-too-large',
    zh: `照片超过 ${MOST_BYTES / 1_000_000} MB：请降低相机分辨率或压缩后再传`,
    en: `the picture is larger than ${MOST_BYTES / 1_000_000} MB: lower the camera's resolution, or make it smaller, and send it again`,
  },
  tooManyPixels: (width: number, height: number): Refusal => ({
    code: 'photo-too-many-pixels',
    zh: `照片为 ${width} × ${height} 像素，超过 ${MOST_PIXELS / 1_000_000} 百万像素：请降低相机分辨率后再传`,
    en: `the picture has ${width} × ${height} pixels, more than ${MOST_PIXELS / 1_000_000} million: lower the camera's resolution and send it again`,
  }),
  heic: {
    code: 'photo-heic',
    zh: '这是 HEIC 照片，这里打不开：在手机“设置 → 相机 → 格式”中选“兼容性最佳”（JPEG）后重拍，或另存为 JPEG',
    en: 'this is a HEIC picture, which cannot be opened here: choose "Most Compatible" (JPEG) in the phone\'s camera settings and take it again, or save it as JPEG',
  },
  notAPicture: (bytes: number): Refusal => ({
    code: 'photo-format',
    zh: `文件（${megabytes(bytes)} MB）不是 JPEG、PNG 或 WebP 照片，改名也没有用：请另存为 JPEG 再传`,
    en: `the file (${megabytes(bytes)} MB) is no JPEG, PNG or WebP picture, whatever its name: save it as JPEG and send it again`,
  }),
  damaged: (why: string): Refusal => ({
    code: 'photo-damaged',
    zh: `照片不完整或已损坏，打不开（${why}）：请重拍，或从相册重新选取后再传`,
    en: `the picture is cut short or damaged and cannot be opened (${why}): take it again, or choose it anew from the album`,
  }),
  keyReused: {
    code: 'key-reused',
    zh: '这个上传标识（idempotency-key）已用于另一张照片：换一个标识再传',
    en: 'this idempotency-key was used for another picture: send this one under a key of its own',
  },
  busy: {
    code: 'photos-busy',
    zh: '正在处理的照片太多：请过几秒用同一标识重传，不会重复',
    en: 'too many pictures are being worked on: send it again in some seconds under the same key; nothing is doubled',
  },
} as const;
