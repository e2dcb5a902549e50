import { Controller, Get, Param, Post, Res, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { thumbnailSizes } from '@libs/jobs/thumbnail';
import type { Response } from 'express';
import { ApiAccepted, ApiProblems } from '../docs/api-responses.decorator';
import { Consumes } from '../http/consumes.decorator';
import { isUuid } from '../http/is-uuid';
import { ProblemException } from '../http/problem.exception';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { acceptedJob } from '../enqueue/accepted-job';
import { acceptedMediaTypes } from './image-content';
import { type AcceptedImage, acceptedImageSchema, thumbnailSizeSchema } from './images.dto';
import { ImagesService } from './images.service';
import { UploadProblemInterceptor } from './upload-problem.interceptor';

@ApiTags('images')
@Controller('images')
export class ImagesController {
  constructor(private readonly images: ImagesService) {}

  @Post()
  @Consumes('multipart/form-data')
  @Idempotent()
  @UseInterceptors(UploadProblemInterceptor, FileInterceptor('file'))
  @ApiOperation({ summary: 'Store an image and create its thumbnails' })
  @ApiBody({
    required: true,
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary', description: acceptedMediaTypes.join(', ') },
      },
    },
  })
  @ApiAccepted('AcceptedImage', acceptedImageSchema)
  @ApiProblems(400, 413, 415, 429, 503)
  async create(
    @UploadedFile() file: { buffer: Buffer } | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AcceptedImage> {
    if (file === undefined) {
      throw ProblemException.invalid([{ field: 'file', message: 'Send an image in this field' }]);
    }
    const accepted = acceptedJob(await this.images.add(file.buffer));
    response.location(accepted.job);
    return { ...accepted, thumbnails: thumbnailLinks(accepted.id) };
  }

  @Get(':id/:size')
  @ApiOperation({ summary: 'Get a thumbnail' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiParam({ name: 'size', schema: { type: 'string', enum: [...thumbnailSizes] } })
  @ApiResponse({
    status: 200,
    description: 'The thumbnail, in the format of the image.',
    content: Object.fromEntries(acceptedMediaTypes.map((type) => [type, {}])),
  })
  @ApiProblems(404, 503)
  async thumbnail(
    @Param('id') id: string,
    @Param('size') sizeName: string,
    @Res() response: Response,
  ): Promise<void> {
    const size = thumbnailSizeSchema.safeParse(sizeName);
    if (!size.success) {
      const sizes = thumbnailSizes.join(', ');
      throw ProblemException.notFound(`There is no size "${sizeName}". There are: ${sizes}.`);
    }
    if (!isUuid(id)) throw ProblemException.notFound(`There is no image ${id}.`);
    const { bytes, contentType } = await this.images.thumbnail(id, size.data);
    response
      .type(contentType)
      // A thumbnail never changes; a client need not request it again.
      .set('cache-control', 'public, max-age=31536000, immutable')
      .send(bytes);
  }
}

function thumbnailLinks(id: string): AcceptedImage['thumbnails'] {
  return {
    small: `/images/${id}/small`,
    medium: `/images/${id}/medium`,
    large: `/images/${id}/large`,
  };
}
