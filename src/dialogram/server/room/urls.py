from django.urls import path

from dialogram.server.room import capture, drafts, entry, media, phone, phone_offer, tries, visit

app_name = "room"

urlpatterns = [
    path("r/<str:token>", entry.enter, name="enter"),
    path("room/", visit.present, name="present"),
    path("room/practised", visit.end_practice, name="practised"),
    path("room/stop", visit.stop, name="stop"),
    path("room/sittings/<str:sitting_id>/streams", capture.open_stream, name="streams"),
    path("room/sittings/<str:sitting_id>/records", capture.take_records, name="records"),
    path("room/sittings/<str:sitting_id>/finish", capture.finish, name="finish"),
    path("room/sittings/<str:sitting_id>/tries", tries.take_try, name="tries"),
    path("room/sittings/<str:sitting_id>/phone", phone_offer.look, name="phone-look"),
    path("room/sittings/<str:sitting_id>/phone/offer", phone_offer.offer, name="phone-offer"),
    path("room/sittings/<str:sitting_id>/phone/end", phone_offer.end, name="phone-end"),
    path("phone/", phone.show, name="phone"),
    path("phone/of/<str:phone_id>/streams", phone.open_stream, name="phone-streams"),
    path("phone/of/<str:phone_id>/records", phone.take_records, name="phone-records"),
    path("phone/of/<str:phone_id>/now", phone.give_sign, name="phone-now"),
    path("phone/of/<str:phone_id>/finish", phone.finish, name="phone-finish"),
    path("phone/with/<str:code>", phone.enter, name="phone-door"),
    path("room/sittings/<str:sitting_id>/media", media.serve_media, name="media"),
    path("room/sittings/<str:sitting_id>/segments/<str:description_id>", drafts.save_segment, name="segment"),
    path("room/sittings/<str:sitting_id>/cards", drafts.save_cards, name="cards"),
]
