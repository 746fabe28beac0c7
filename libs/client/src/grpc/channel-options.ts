import { type ChannelOptions } from '@grpc/grpc-js';
import { type AnswerLimits } from '../bindings/client-binding.js';
import { type GrpcTarget } from './grpc-target.js';

/**
 * The options of a channel that is connected to an address: the name is that of
 * the target, in the certificate and in each request.
 *
 * @param given of the caller, who may change all but the limits and the guard
 */
export function channelOptions(
  { hostname, port }: GrpcTarget,
  {
    maxEventBytes,
    maxResponseBytes,
  }: Pick<AnswerLimits, 'maxEventBytes' | 'maxResponseBytes'>,
  given: ChannelOptions = {},
): ChannelOptions {
  return {
    'grpc.default_authority': `${hostname}:${port}`,
    'grpc.ssl_target_name_override': hostname.replace(/^\[|\]$/g, ''),
    'grpc.primary_user_agent': 'nest-a2a-client',
    ...given,
    'grpc.max_receive_message_length': Math.max(
      maxEventBytes,
      maxResponseBytes,
    ),
    // A proxy of the environment would connect to where it likes.
    'grpc.enable_http_proxy': 0,
    // Shared with no other client.
    'grpc.use_local_subchannel_pool': 1,
  };
}
