/* What Apple's Foundation has and Debian's GNUstep has not: the session, and what waits for its answer.
   The request, its headers, its body and all texts are GNUstep's own. */
#import <Foundation/Foundation.h>

typedef int dispatch_semaphore_t;
#define DISPATCH_TIME_FOREVER 0
#define dispatch_semaphore_create(count) (count)
#define dispatch_semaphore_signal(semaphore) ((void)(semaphore))
#define dispatch_semaphore_wait(semaphore, until) ((void)(semaphore))

typedef void (^Answered)(NSData *, NSURLResponse *, NSError *);

@interface NSURLSession : NSObject {
  NSURLRequest *asked;
  Answered whenAnswered;
}
@end

@implementation NSURLSession
+ (NSURLSession *)sharedSession {
  return [[NSURLSession alloc] init];
}
- (NSURLSession *)dataTaskWithRequest:(NSURLRequest *)request completionHandler:(Answered)answered {
  asked = [request copy];
  whenAnswered = Block_copy(answered);
  return self;
}
- (void)resume {
  NSURLResponse *response = nil;
  NSError *error = nil;
  NSData *data = [NSURLConnection sendSynchronousRequest:asked returningResponse:&response error:&error];
  whenAnswered(data, response, error);
}
@end
