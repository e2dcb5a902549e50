import { Controller, Get, NotFoundException, Param, ParseUUIDPipe } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Notification } from '@libs/data-access/notifications';
import { Repository } from 'typeorm';

/** The measured request: reads one row by its key, through the pool of the api. */
@Controller('notifications')
export class NotificationsController {
  constructor(
    @InjectRepository(Notification) private readonly notifications: Repository<Notification>,
  ) {}

  @Get(':id')
  async find(@Param('id', ParseUUIDPipe) id: string): Promise<Notification> {
    const found = await this.notifications.findOneBy({ id });
    if (found === null) throw new NotFoundException(`There is no notification ${id}.`);
    return found;
  }
}
