/** Texts of what waits on this device in Chinese. */
export const outboxZh = {
  'outbox.title': '待发送',
  'outbox.why': '没有网络时所做的操作保存在本机，联网后自动按顺序发送，只发一次。发送完之前请不要清除浏览器数据。',
  'outbox.waiting': '待发 {n}',
  'outbox.refused': '未被接受 {n}',
  'outbox.kept': '没有网络：已保存在本机，联网后自动发送',
  'outbox.photos': '照片 {n} 张',
  'outbox.photo': '未发送的照片',
  'outbox.retry': '再试一次',
  'outbox.discard': '放弃',
  'campaigns.visitStep': '走访记录',
} as const;
